import type { OpenOutlet, Outlet } from "../../http/outlet.ts";

/** Bun's own kind of stream writes to the connection itself; the usual kind has an idle stream cost 6 KiB more. */
class DirectOutlet implements Outlet, Bun.DirectUnderlyingSource<Uint8Array> {
  readonly type = "direct";
  readonly body: ReadableStream<Uint8Array>;
  private readonly onGone: () => void;
  private controller: ReadableStreamDirectController | null = null;
  private onBegin: (() => void) | null = null;
  private isOver = false;

  constructor(onGone: () => void) {
    this.onGone = onGone;
    this.body = new ReadableStream<Uint8Array>(this);
  }

  /** The response begins. */
  pull(controller: ReadableStreamDirectController): void {
    this.controller = controller;
    if (this.isOver) this.breakOff();
    this.onBegin?.();
    this.onBegin = null;
  }

  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onGone();
  }

  async write(text: string): Promise<void> {
    if (!this.controller) await this.begun();
    void this.controller?.write(text);
    await this.controller?.flush(true);
    // It settles then, too.
    if (this.isOver) throw new Error("the client is gone");
  }

  async end(): Promise<void> {
    this.isOver = true;
    void this.controller?.end();
  }

  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.breakOff();
  }

  private begun(): Promise<void> {
    return new Promise((resolve) => {
      this.onBegin = resolve;
    });
  }

  private breakOff(): void {
    this.controller?.close(new Error("broken off"));
  }
}

export const openDirectOutlet: OpenOutlet = (_request, onGone) => new DirectOutlet(onGone);
