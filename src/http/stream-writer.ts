import type { Outlet } from "./outlet.ts";

export interface StreamWriterOptions<T> {
  format(item: T): string;
  /** The client's connection has taken these. */
  onWritten(items: T[]): void;
  /** The client is gone. */
  onFailure(): void;
}

/** Writes items in order, as fast as the reader takes them. */
export interface StreamWriter<T> {
  waiting(): number;
  push(item: T): void;
  /** Lets the reader have what is waiting, then ends. */
  end(): void;
  /** Ends at once. */
  abort(): void;
}

export function createStreamWriter<T>(
  outlet: Outlet,
  options: StreamWriterOptions<T>,
): StreamWriter<T> {
  return new Writer(outlet, options);
}

/** A class, as an idle stream costs hardly more than the functions that it would have of its own. */
class Writer<T> implements StreamWriter<T> {
  private readonly outlet: Outlet;
  private readonly options: StreamWriterOptions<T>;
  private queue: T[] = [];
  private isWriting = false;
  private isEnding = false;

  constructor(outlet: Outlet, options: StreamWriterOptions<T>) {
    this.outlet = outlet;
    this.options = options;
  }

  waiting(): number {
    return this.queue.length;
  }

  push(item: T): void {
    if (this.isEnding) return;
    this.queue.push(item);
    this.write();
  }

  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.write();
  }

  abort(): void {
    this.isEnding = true;
    this.queue = [];
    this.outlet.abort();
  }

  private write(): void {
    if (this.isWriting) return;
    this.isWriting = true;
    this.drain().catch(() => this.options.onFailure());
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      await this.outlet.write(batch.map((item) => this.options.format(item)).join(""));
      this.options.onWritten(batch);
    }
    if (this.isEnding) await this.outlet.end();
    this.isWriting = false;
  }
}
