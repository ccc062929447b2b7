import { ApiError } from "./http.ts";

/** The same request may yet succeed. So it may where the token is refused: the person can sign in again. */
export function isPassing(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.isTemporary || error.status === 401);
}

/** For people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
