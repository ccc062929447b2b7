/** An answer in the shape that the documented API functions have. */
export interface HttpAnswer<T> {
  data: T;
  status: number;
  headers: Headers;
}

export interface HttpRequest {
  method: "GET" | "POST";
  /** With its leading slash, for instance `/api/v1/communication/chats/`. */
  path: string;
  query?: Record<string, string | number | undefined>;
  /** JSON, or a form as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** How much of the body went up, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Requests with the token put in. Rejects with `ApiError`, also where there was no answer. */
export interface Http {
  request<T>(request: HttpRequest): Promise<HttpAnswer<T>>;
}

export interface ApiErrorOptions {
  /** 0 where there was no answer. */
  status: number;
  retryAfterMs?: number | null;
  cause?: unknown;
}

/** What the server refused, by its stable code; `offline` where there was no answer, `aborted` where the caller stopped it. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(code: string, detail: string, options: ApiErrorOptions) {
    super(detail, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  /** The same request may succeed later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}
