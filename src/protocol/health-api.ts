import { z } from "@hono/zod-openapi";

export const healthSchema = z
  .object({ status: z.literal("ok"), version: z.string().openapi({ example: "0.1.0" }) })
  .openapi("Health");

export const servicesSchema = z
  .object({
    services: z.array(
      z.object({
        name: z.string().openapi({ example: "postgres" }),
        ok: z.boolean(),
        ms: z.int().min(0),
        detail: z.string(),
      }),
    ),
  })
  .openapi("Services");
