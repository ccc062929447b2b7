import type { RawAnswer } from "./exchange.ts";
import { ApiError } from "./http.ts";

/** What an answer that is no success says: a problem document, or a proxy's own page. */
export function readProblem(answer: RawAnswer, now: number): ApiError {
  const { status, headers } = answer;
  const problem = parseObject(answer.text);
  const { code, detail, retry_after_ms: retryMs } = problem;
  return new ApiError(
    typeof code === "string" ? code : `http-${status}`,
    typeof detail === "string" ? detail : `The server answered ${status}`,
    { status, retryAfterMs: typeof retryMs === "number" ? retryMs : retryAfter(headers, now) },
  );
}

/** Milliseconds; the header has seconds or a date. */
function retryAfter(headers: Headers, now: number): number | null {
  const value = headers.get("Retry-After");
  if (!value) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // As good as empty.
  }
  return {};
}
