export interface ServiceCheck {
  name: "postgres" | "migrations" | "redis" | "attachments" | "hub";
  /** Resolves with a short word for people; throws when the service is not well. */
  check(): Promise<string>;
}

/** Structured log lines. Fields MUST NOT hold tokens, texts or addresses of stores. */
export interface Logger {
  info(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
