export interface StreamWriterOptions<T> {
  format(item: T): string;
  /** The client's connection has taken these. */
  onWritten(items: T[]): void;
  /** The client is gone. */
  onFailure(): void;
}

/** Writes items in order, as fast as the reader takes them. */
export interface StreamWriter<T> {
  readonly body: ReadableStream<Uint8Array>;
  waiting(): number;
  push(item: T): void;
  /** Lets the reader have what is waiting, then ends. */
  end(): void;
  /** Ends at once. */
  abort(): void;
}

const encoder = new TextEncoder();

export function createStreamWriter<T>(options: StreamWriterOptions<T>): StreamWriter<T> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let waiting: T[] = [];
  let isWriting = false;
  let isEnding = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const text = batch.map((item) => options.format(item)).join("");
      await writer.write(encoder.encode(text));
      options.onWritten(batch);
    }
    if (isEnding) await writer.close();
    isWriting = false;
  }

  function write(): void {
    if (isWriting) return;
    isWriting = true;
    drain().catch(() => options.onFailure());
  }

  return {
    body: readable,
    waiting: () => waiting.length,
    push(item) {
      if (isEnding) return;
      waiting.push(item);
      write();
    },
    end() {
      if (isEnding) return;
      isEnding = true;
      write();
    },
    abort() {
      isEnding = true;
      waiting = [];
      writer.abort().catch(() => undefined);
    },
  };
}
