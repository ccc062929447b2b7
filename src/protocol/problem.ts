import { z } from "@hono/zod-openapi";
import { errors } from "./error.ts";
import type { ErrorCode } from "./error.ts";

const codes = Object.keys(errors) as ErrorCode[];

/** Every error body: RFC 9457, with a code that does not change (ERR-1). */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: "urn:parley:error:not-found" }),
    title: z.string().openapi({ example: errors["not-found"][1] }),
    status: z.int().openapi({ example: 404 }),
    detail: z.string().openapi({ example: errors["not-found"][1] }),
    instance: z.string().openapi({ example: "/api/v1/communication/chats/conversation/9/" }),
    code: z.enum(codes).openapi({ example: "not-found" }),
    request_id: z.string().openapi({ format: "uuid" }),
    retry_after_ms: z.int().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

export type Problem = z.output<typeof problemSchema>;
