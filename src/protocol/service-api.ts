import { z } from "@hono/zod-openapi";
import { accountUserSchema, fullNameSchema } from "./account-api.ts";
import { idSchema } from "./ids.ts";

const externalIdSchema = z
  .union([z.string(), z.int().transform(String)])
  .pipe(z.string().min(1).max(255))
  .openapi({ type: "string", example: "42", description: "The id your own application uses." });

const mostRecipients = 1_000;
const mostUsers = 100;
const dataBytes = 16 * 1024;

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

export const notificationSchema = z
  .object({
    user_ids: z.array(idSchema).max(mostRecipients).default([]),
    external_ids: z.array(externalIdSchema).max(mostRecipients).default([]),
    title: z.string().min(1).max(200).openapi({ example: "New Notice" }),
    message: z.string().max(4_000).openapi({ example: "Class cancelled tomorrow" }),
    notification_type: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,64}$/, "1 to 64 letters, digits, _ . : or -")
      .openapi({ example: "notice" }),
    data: z
      .record(z.string().max(100), z.unknown())
      .refine((data) => byteLength(JSON.stringify(data)) <= dataBytes, "at most 16 KiB")
      .default({})
      .openapi({ type: "object", description: "Sent along as further fields of the event." }),
    id: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,64}$/, "1 to 64 letters, digits, _ . : or -")
      .optional()
      .openapi({ description: "A second notification with the same id changes nothing." }),
  })
  .openapi("Notification", {
    example: {
      user_ids: [123],
      title: "New Notice",
      message: "Class cancelled tomorrow",
      notification_type: "notice",
    },
  });

export const notifiedSchema = z
  .object({
    success: z.literal(true),
    delivered_to: z.array(z.int()).openapi({ example: [123], description: "Ids of users." }),
  })
  .openapi("Notified");

const userProfileSchema = z
  .object({
    external_id: externalIdSchema,
    username: z
      .string()
      .min(1)
      .max(150)
      .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u, "only characters that can be seen")
      .nullish()
      .openapi({ type: "string", example: "john_doe" }),
    full_name: fullNameSchema.nullish().openapi({ type: "string" }),
    avatar: z
      .string()
      .max(2_048)
      .regex(/^(https?:\/\/|\/)[^\s]*$/i, "an http or https address")
      .nullish()
      .openapi({ type: "string", example: "https://cdn.example.com/avatars/john.jpg" }),
  })
  .openapi("UserProfile", {
    example: { external_id: "42", username: "john_doe", full_name: "John Doe" },
  });

export const userProfilesSchema = z.union([
  userProfileSchema,
  z.array(userProfileSchema).min(1).max(mostUsers),
]);

export const usersSchema = z
  .object({ users: z.array(accountUserSchema.extend({ external_id: z.string() })) })
  .openapi("Users");
