import { z } from "@hono/zod-openapi";

const usernameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,32}$/, "3 to 32 letters, digits, _ . or -")
  .openapi({ example: "alice" });

const passwordSchema = z
  .string()
  .min(8)
  .max(128)
  .openapi({ format: "password", example: "correct horse battery" });

/** No control or formatting characters, which could make one name look like another. */
export const fullNameSchema = z
  .string()
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u, "only characters that can be seen")
  .openapi({ example: "Alice Liddell" });

export const registerSchema = z
  .object({
    username: usernameSchema,
    password: passwordSchema,
    full_name: fullNameSchema.nullish().openapi({ type: "string" }),
  })
  .openapi("Register");

/** Looser than registering: what could never be a name is simply wrong. */
export const loginSchema = z
  .object({
    username: z.string().max(128).openapi({ example: "alice" }),
    password: z.string().max(128).openapi({ format: "password", example: "correct horse battery" }),
  })
  .openapi("Login");

export const accountUserSchema = z
  .object({
    id: z.int().openapi({ format: "int64", example: 123 }),
    username: z.string().openapi({ example: "alice" }),
    full_name: z.string().openapi({ example: "Alice Liddell" }),
    avatar: z.string().nullable(),
  })
  .openapi("User");

export const signInSchema = z
  .object({
    accounts: z.boolean().openapi({ description: "Whether people sign up and log in here." }),
  })
  .openapi("SignIn");

export const peopleQuerySchema = z.object({
  query: z
    .string()
    .max(100)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "no control characters")
    .default("")
    .openapi({ description: "Part of a username or a name.", example: "ali" }),
});

export const peopleSchema = z
  .object({
    people: z.array(
      accountUserSchema.extend({
        is_online: z.boolean().openapi({ description: "True only of those you chat with." }),
      }),
    ),
  })
  .openapi("People");

export const loggedInSchema = z
  .object({ token: z.string(), user: accountUserSchema })
  .openapi("LoggedIn");

export const ticketSchema = z
  .object({ ticket: z.string(), expires_in: z.literal(30).openapi({ description: "Seconds." }) })
  .openapi("Ticket");
