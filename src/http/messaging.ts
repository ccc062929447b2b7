import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { registerMessagingConversations } from "./messaging-conversations.ts";
import { registerMessagingMessages } from "./messaging-messages.ts";
import { registerMessagingSend } from "./messaging-send.ts";
import { registerMessagingUnread } from "./messaging-unread.ts";

/** The messaging API over REST. */
export function registerMessagingRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  registerMessagingMessages(app, ports, signedIn);
  registerMessagingSend(app, ports, signedIn);
  registerMessagingUnread(app, ports, signedIn);
  registerMessagingConversations(app, ports, signedIn);
}
