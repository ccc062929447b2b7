import type { Readable } from "./readable.ts";

/** The tabs of one browser that show the same person's chat. Exactly one of them leads. */
export interface Tabs {
  readonly leads: Readable<boolean>;
  /** To every other tab; structured clone. */
  post(topic: string, data: unknown): void;
  on(topic: string, listener: (data: unknown) => void): () => void;
  /** Gives up the lead. */
  close(): void;
}
