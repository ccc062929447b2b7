import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import {
  accountUserSchema,
  loggedInSchema,
  loginSchema,
  registerSchema,
  ticketSchema,
} from "../protocol/account-api.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import { logIn, registerAccount } from "../usecases/accounts.ts";
import type { Login } from "../usecases/accounts.ts";
import type { AppOptions } from "./env.ts";
import { jsonBody } from "./json-body.ts";
import { bodyErrors, byToken, fails, json, jsonRequest } from "./route-docs.ts";

const accountErrors = [...bodyErrors, "not-found", "rate-limited", "history-unavailable"] as const;

const registerRoute = createRoute({
  method: "post",
  path: "/api/auth/register",
  tags: ["Accounts"],
  summary: "Sign up",
  description: "Only where standalone accounts are switched on.",
  security: [],
  request: { body: jsonRequest(registerSchema) },
  responses: { 201: json(loggedInSchema, "The new user, signed in.") },
  ...fails(...accountErrors, "username-taken"),
});

const loginRoute = createRoute({
  method: "post",
  path: "/api/auth/login",
  tags: ["Accounts"],
  summary: "Log in",
  description: "Only where standalone accounts are switched on.",
  security: [],
  request: { body: jsonRequest(loginSchema) },
  responses: { 200: json(loggedInSchema, "A token for all other calls.") },
  ...fails(...accountErrors, "wrong-credentials"),
});

const meRoute = createRoute({
  method: "get",
  path: "/api/auth/me",
  tags: ["Accounts"],
  summary: "Who you are",
  security: byToken,
  responses: { 200: json(accountUserSchema, "The bearer of the token.") },
});

const ticketRoute = createRoute({
  method: "post",
  path: "/api/auth/ticket",
  tags: ["Accounts"],
  summary: "A single-use ticket that opens one stream within 30 seconds",
  security: byToken,
  responses: { 200: json(ticketSchema, "For `?ticket=` on the stream addresses.") },
  ...fails("rate-limited"),
});

/**
 * Guessing a password costs time (AUTH-6). A name is counted for each address by itself, so that nobody locks its owner
 * out from elsewhere.
 */
const atOneName = { burst: 10, perSecond: 1 / 5 };
const fromOneAddress = { burst: 30, perSecond: 1 / 2 };
const tickets = { burst: 20, perSecond: 1 };

export function registerAccountRoutes(
  app: OpenAPIHono,
  ports: Ports,
  { signedIn, clientAddress, admit }: AppOptions & { signedIn: MiddlewareHandler },
): void {
  const takeTurn = (key: string, rule: { burst: number; perSecond: number }): void => {
    const { allowed, retryAfterMs } = ports.limiter.take(key, rule);
    if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
  };
  const guard = async (c: Context, username: string): Promise<void> => {
    const address = clientAddress?.(c.req.raw) ?? null;
    if (address !== null) {
      if (admit && !(await admit(address))) throw new ChatError("rate-limited");
      takeTurn(`account:address:${address}`, fromOneAddress);
    }
    takeTurn(`account:name:${address ?? ""}:${username.toLowerCase()}`, atOneName);
  };
  const ifAccounts: MiddlewareHandler = async (_c, next) => {
    if (!ports.config.accounts) throw new ChatError("not-found");
    await next();
  };

  app.openapi({ ...registerRoute, middleware: [ifAccounts, jsonBody(ports)] }, async (c) => {
    const { username, password, full_name: fullName } = c.req.valid("json");
    await guard(c, username);
    const input = { username, password, fullName: fullName ?? "" };
    return c.json(renderLogin(await registerAccount(ports, input)), 201);
  });

  app.openapi({ ...loginRoute, middleware: [ifAccounts, jsonBody(ports)] }, async (c) => {
    const input = c.req.valid("json");
    await guard(c, input.username);
    return c.json(renderLogin(await logIn(ports, input)), 200);
  });

  app.openapi({ ...meRoute, middleware: signedIn }, (c) =>
    c.json(renderAccount(c.var.session.person), 200),
  );

  app.openapi({ ...ticketRoute, middleware: signedIn }, async (c) => {
    const { person, expiresAt } = c.var.session;
    takeTurn(`ticket:${person.id}`, tickets);
    const ticket = await ports.issuer.issueTicket(person, expiresAt);
    return c.json({ ticket, expires_in: 30 as const }, 200);
  });
}

export function renderAccount({ id, username, fullName, avatar }: Person): {
  id: number;
  username: string;
  full_name: string;
  avatar: string | null;
} {
  return { id, username, full_name: fullName, avatar };
}

function renderLogin({ token, person }: Login) {
  return { token, user: renderAccount(person) };
}
