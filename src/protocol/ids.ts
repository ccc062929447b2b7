import { z } from "@hono/zod-openapi";

/** Ids are Postgres bigints that stay inside JavaScript's exact integers (ID-1). */
export const idSchema = z
  .union(
    [
      z.int(),
      z
        .string()
        .regex(/^[0-9]{1,16}$/)
        .transform(Number),
    ],
    { error: ({ input }) => (input === undefined ? "required, a whole number" : "a whole number") },
  )
  .pipe(z.int().min(1).max(Number.MAX_SAFE_INTEGER))
  .openapi({ type: "integer", format: "int64", minimum: 1, example: 123 });

/** The sender's own name for one message: retries with the same one store nothing new (SEND-2). */
export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "1 to 64 letters, digits, _ or -");
