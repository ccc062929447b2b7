import type { z } from "@hono/zod-openapi";
import type { ErrorCode } from "../protocol/error.ts";

/** How a route says in the OpenAPI document who may call it. */
export const byToken: Record<string, string[]>[] = [{ token: [] }];
export const byServiceKey: Record<string, string[]>[] = [{ serviceKey: [] }];

/** The errors that only this route gives; the document lists them by status. */
export function fails(...codes: ErrorCode[]): { "x-errors": ErrorCode[] } {
  return { "x-errors": codes };
}

export function json<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
): { description: string; content: { "application/json": { schema: Schema } } } {
  return { description, content: { "application/json": { schema } } };
}

export function jsonRequest<Schema extends z.ZodType>(
  schema: Schema,
): { required: true; content: { "application/json": { schema: Schema } } } {
  return { required: true, content: { "application/json": { schema } } };
}

export const bodyErrors = [
  "malformed-json",
  "payload-too-large",
  "request-timeout",
  "unsupported-media-type",
] as const satisfies ErrorCode[];

/** The errors of every way to send a message. */
export const sendErrors = [
  ...bodyErrors,
  "malformed-multipart",
  "empty-message",
  "text-too-long",
  "receiver-is-sender",
  "not-found",
  "idempotency-conflict",
  "rate-limited",
  "overloaded",
  "attachments-unavailable",
] as const satisfies ErrorCode[];
