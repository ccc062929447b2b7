import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { peopleQuerySchema, peopleSchema, signInSchema } from "../protocol/account-api.ts";
import { ChatError } from "../protocol/error.ts";
import { searchPeople } from "../usecases/search-people.ts";
import { renderUser } from "./render.ts";
import { byToken, fails, json } from "./route-docs.ts";

const signInRoute = createRoute({
  method: "get",
  path: "/api/auth",
  tags: ["Accounts"],
  summary: "How people sign in here",
  security: [],
  responses: { 200: json(signInSchema, "Without accounts, your own application signs tokens.") },
});

const peopleRoute = createRoute({
  method: "get",
  path: "/api/auth/people",
  tags: ["Accounts"],
  summary: "Find people to write to",
  description: "Only where standalone accounts are switched on, and only their holders.",
  security: byToken,
  request: { query: peopleQuerySchema },
  responses: { 200: json(peopleSchema, "At most 20; usernames that begin with the text first.") },
  ...fails("not-found", "rate-limited"),
});

export function registerPeopleRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi(signInRoute, (c) => c.json({ accounts: ports.config.accounts }, 200));

  app.openapi({ ...peopleRoute, middleware: signedIn }, async (c) => {
    if (!ports.config.accounts) throw new ChatError("not-found");
    const found = await searchPeople(ports, c.var.session.person.id, c.req.valid("query").query);
    return c.json({ people: found.map((each) => renderUser(each.person, each.isOnline)) }, 200);
  });
}
