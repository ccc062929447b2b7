import { z } from "@hono/zod-openapi";

/** What fields of both APIs are made of. */
export const timeSchema = z
  .string()
  .openapi({ format: "date-time", example: "2026-01-09T10:30:00.000Z" });
export const wireIdSchema = z.int().openapi({ format: "int64", minimum: 1, example: 456 });
export const avatarSchema = z
  .string()
  .nullable()
  .openapi({ example: "https://cdn.example.com/avatars/john.jpg" });

export const digitsSchema = z.string().regex(/^[0-9]{1,16}$/, "a whole number");

/** Values over the maximum give the maximum. */
export const pageLimitSchema = digitsSchema
  .transform(Number)
  .pipe(z.int().min(1))
  .optional()
  .openapi({ type: "integer", minimum: 1, maximum: 100, default: 50 });

export const textSchema = z
  .string()
  .nullish()
  .transform((text) => text ?? "")
  .openapi({ type: "string", example: "Hello! How are you?" });

/** What clients that always name an attachment say when there is none. */
export const noFileSchema = z
  .union([z.null(), z.literal(""), z.literal("null")])
  .optional()
  .openapi({ type: "null", description: "A file travels as multipart/form-data." });

export const formFileSchema = z
  .union([z.literal(""), z.literal("null")])
  .optional()
  .openapi({ type: "string", format: "binary" });

export const sendHeadersSchema = z.object({
  "idempotency-key": z.string().optional().openapi({
    description: "The same as client_id: a retry with the same one sends nothing new.",
  }),
});
