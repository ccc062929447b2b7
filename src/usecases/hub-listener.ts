import type { HubConnection } from "../ports/user-hub.ts";
import type { HubFrame } from "../protocol/event.ts";

/** The listening half of a stream's near end: what is said before somebody listens is kept for them. */
export interface HubListener extends Pick<HubConnection, "onFrame" | "onClose"> {
  hear(frame: HubFrame): void;
  closed(code: number): void;
  isClosed(): boolean;
}

export function createHubListener(): HubListener {
  let early: HubFrame[] = [];
  let onFrame = (frame: HubFrame): void => void early.push(frame);
  let closedWith: number | null = null;
  let onClose = (_code: number): void => undefined;

  return {
    onFrame(listener) {
      onFrame = listener;
      for (const frame of early) listener(frame);
      early = [];
    },
    onClose(listener) {
      onClose = listener;
      if (closedWith !== null) listener(closedWith);
    },
    hear: (frame) => onFrame(frame),
    closed(code) {
      closedWith = code;
      onClose(code);
    },
    isClosed: () => closedWith !== null,
  };
}
