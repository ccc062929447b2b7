import type { HubConnection } from "../ports/user-hub.ts";
import type { HubFrame } from "../protocol/event.ts";

/** The listening half of a stream's near end: what is said before somebody listens is kept for them. */
export interface HubListener extends Pick<HubConnection, "onFrame" | "onClose"> {
  hear(frame: HubFrame): void;
  closed(code: number): void;
  isClosed(): boolean;
}

export function createHubListener(): HubListener {
  return new Listener();
}

/** A class, as there are as many of these as streams, and functions of their own would be most of what each costs. */
class Listener implements HubListener {
  private early: HubFrame[] | null = null;
  private frameListener: ((frame: HubFrame) => void) | null = null;
  private closedWith: number | null = null;
  private closeListener: ((code: number) => void) | null = null;

  onFrame(listener: (frame: HubFrame) => void): void {
    this.frameListener = listener;
    for (const frame of this.early ?? []) listener(frame);
    this.early = null;
  }

  onClose(listener: (code: number) => void): void {
    this.closeListener = listener;
    if (this.closedWith !== null) listener(this.closedWith);
  }

  hear(frame: HubFrame): void {
    if (this.frameListener) this.frameListener(frame);
    else (this.early ??= []).push(frame);
  }

  closed(code: number): void {
    this.closedWith = code;
    this.closeListener?.(code);
  }

  isClosed(): boolean {
    return this.closedWith !== null;
  }
}
