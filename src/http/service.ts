import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import {
  notificationSchema,
  notifiedSchema,
  userProfilesSchema,
  usersSchema,
} from "../protocol/service-api.ts";
import { notify } from "../usecases/notify.ts";
import { upsertUsers } from "../usecases/upsert-users.ts";
import { renderAccount } from "./accounts.ts";
import { serviceOnly } from "./auth.ts";
import { jsonBody } from "./json-body.ts";
import { bodyErrors, byServiceKey, fails, json, jsonRequest } from "./route-docs.ts";

const notifyRoute = createRoute({
  method: "post",
  path: "/api/service/notifications",
  tags: ["Service"],
  summary: "Notify users",
  description: "Each gets a `notification` event, at once or when they come back.",
  security: byServiceKey,
  request: { body: jsonRequest(notificationSchema) },
  responses: { 200: json(notifiedSchema, "Those of the users who exist.") },
  ...fails(...bodyErrors, "not-found"),
});

const upsertRoute = createRoute({
  method: "put",
  path: "/api/service/users",
  tags: ["Service"],
  summary: "Create or update one user or up to 100",
  description: "Users are also created at first sight of their token; fields left out stay.",
  security: byServiceKey,
  request: { body: jsonRequest(userProfilesSchema) },
  responses: { 200: json(usersSchema, "The users with the ids they have here.") },
  ...fails(...bodyErrors, "not-found"),
});

export function registerServiceRoutes(app: OpenAPIHono, ports: Ports): void {
  const middleware = [serviceOnly(ports), jsonBody(ports)];

  app.openapi({ ...notifyRoute, middleware }, async (c) => {
    const body = c.req.valid("json");
    if (body.user_ids.length + body.external_ids.length === 0) {
      const detail = "user_ids or external_ids must name someone";
      throw new ChatError("invalid-request", { detail });
    }
    const deliveredTo = await notify(ports, {
      id: body.id ?? crypto.randomUUID(),
      userIds: body.user_ids,
      externalIds: body.external_ids,
      title: body.title,
      message: body.message,
      notificationType: body.notification_type,
      data: body.data,
    });
    return c.json({ success: true as const, delivered_to: deliveredTo }, 200);
  });

  app.openapi({ ...upsertRoute, middleware }, async (c) => {
    const profiles = [c.req.valid("json")].flat().map((profile) => ({
      externalId: profile.external_id,
      username: profile.username ?? null,
      fullName: profile.full_name ?? null,
      avatar: profile.avatar ?? null,
    }));
    const users = (await upsertUsers(ports, profiles)).map(({ externalId, person }) => ({
      ...renderAccount(person),
      external_id: externalId,
    }));
    return c.json({ users }, 200);
  });
}
