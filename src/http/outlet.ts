/** The body of a response that is written as things happen. */
export interface Outlet {
  readonly body: ReadableStream<Uint8Array>;
  /** Settles once the client's connection has taken it; fails when it never will. */
  write(text: string): Promise<void>;
  /** To be called when everything was written. */
  end(): Promise<void>;
  /** Breaks off. */
  abort(): void;
}

/** `onGone`: the client went away, perhaps long ago; never called at once. */
export type OpenOutlet = (request: Request, onGone: () => void) => Outlet;

const encoder = new TextEncoder();

/** With what every platform has. */
export const openOutlet: OpenOutlet = ({ signal }, onGone) => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  if (signal.aborted) queueMicrotask(onGone);
  signal.addEventListener("abort", onGone);
  return {
    body: readable,
    write: (text) => writer.write(encoder.encode(text)),
    end: () => writer.close(),
    abort: () => void writer.abort().catch(() => undefined),
  };
};
