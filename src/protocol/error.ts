/** Every error that Parley answers: its stable code, HTTP status and title (ERR-1). */
export const errors = {
  "malformed-json": [400, "The body is not valid JSON"],
  "invalid-request": [400, "The request is not valid"],
  "invalid-frame": [400, "The frame could not be read"],
  "empty-message": [400, "A message needs text or an attachment"],
  "text-too-long": [400, "The text is too long"],
  "receiver-is-sender": [400, "You cannot send to yourself"],
  "malformed-multipart": [400, "The form could not be read"],
  "malformed-url": [400, "The address could not be read"],
  unauthorized: [401, "A valid token is needed"],
  "token-expired": [401, "The token has expired"],
  "wrong-credentials": [401, "The username or password is wrong"],
  forbidden: [403, "This is not allowed"],
  "not-found": [404, "There is nothing here for you"],
  "method-not-allowed": [405, "This method is not allowed here"],
  "request-timeout": [408, "The request did not arrive in time"],
  "username-taken": [409, "The username is taken"],
  "idempotency-conflict": [409, "This client_id was used for another message"],
  "payload-too-large": [413, "The request is too large"],
  "unsupported-media-type": [415, "This content type is not supported"],
  "range-not-satisfiable": [416, "The range is outside the file"],
  "upgrade-required": [426, "This address is for WebSockets"],
  "rate-limited": [429, "Too many requests"],
  internal: [500, "Something went wrong"],
  overloaded: [503, "Too much is being sent right now"],
  "history-unavailable": [503, "The message history is unavailable"],
  "hub-unavailable": [503, "Live delivery is unavailable"],
  "attachments-unavailable": [503, "Attachments are unavailable"],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof errors;

/** One field that was wrong. */
export interface FieldError {
  path: string;
  message: string;
}

export interface ChatErrorOptions {
  detail?: string;
  fields?: FieldError[];
  retryAfterMs?: number;
  cause?: unknown;
}

/** An error with a place in the table above; anything else thrown is `internal`. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[];
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, options: ChatErrorOptions = {}) {
    super(options.detail ?? errors[code][1], { cause: options.cause });
    this.name = "ChatError";
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  get status(): number {
    return errors[this.code][0];
  }
}
