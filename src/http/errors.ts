import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import type { Logger } from "../ports/diagnostics.ts";
import { ChatError, errors } from "../protocol/error.ts";
import type { FieldError } from "../protocol/error.ts";
import type { Problem } from "../protocol/problem.ts";
import { describeFailure } from "../usecases/describe-failure.ts";

const mostFields = 20;

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

/** What a schema found wrong; where alternatives failed, what the likeliest of them said. */
function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.slice(0, mostFields).map(({ path, message }) => ({ path: pathOf(path), message }));
}

export function invalidRequest(error: { issues: readonly z.core.$ZodIssue[] }): ChatError {
  const fields = fieldErrors(error.issues);
  const first = fields[0];
  const detail = first ? `${first.path || "body"}: ${first.message}` : undefined;
  return new ChatError("invalid-request", { fields, ...(detail && { detail }) });
}

/** What a schema makes of a value; for what no route validates. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(parsed.error);
  return parsed.data;
}

/** What the validator throws by itself becomes one of our own errors. */
function toChatError(error: Error): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof HTTPException && error.status === 400)
    return new ChatError("malformed-json");
  if (error instanceof HTTPException && error.status === 415) {
    return new ChatError("unsupported-media-type");
  }
  return new ChatError("internal", { cause: error });
}

function problemOf(error: ChatError, c: Context): Problem {
  const { code, status, message, fields, retryAfterMs } = error;
  return {
    type: `urn:parley:error:${code}`,
    title: errors[code][1],
    status,
    detail: message,
    instance: new URL(c.req.url).pathname,
    code,
    request_id: c.var.requestId,
    ...(retryAfterMs !== null && { retry_after_ms: retryAfterMs }),
    ...(fields.length > 0 && { errors: fields }),
  };
}

function headersOf({ status, retryAfterMs }: ChatError): Record<string, string> {
  return {
    "Content-Type": "application/problem+json",
    ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
    ...(status === 426 && { Upgrade: "websocket" }),
    ...(retryAfterMs !== null && { "Retry-After": String(Math.ceil(retryAfterMs / 1_000)) }),
  };
}

/** Every error leaves as the same kind of body; what nobody expected is logged and says nothing (ERR-1, ERR-3). */
export function createErrorHandler(log: Logger): (error: Error, c: Context) => Response {
  return (thrown, c) => {
    const error = toChatError(thrown);
    if (error.code === "internal") {
      log.error("request.failed", { requestId: c.var.requestId, ...describeFailure(thrown) });
    }
    return c.body(JSON.stringify(problemOf(error, c)), error.status as 400, headersOf(error));
  };
}

/** Hono handles only what is an Error; a careless library may throw anything. */
export const onlyErrors: MiddlewareHandler = async (_c, next) => {
  try {
    await next();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new TypeError("What was thrown is no Error");
  }
};
