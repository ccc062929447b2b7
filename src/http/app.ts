import { OpenAPIHono } from "@hono/zod-openapi";
import type { Ports } from "../ports/index.ts";
import { createAuthenticate } from "../usecases/authenticate.ts";
import { registerAccountRoutes } from "./accounts.ts";
import { registerAttachmentRoutes } from "./attachments.ts";
import { signedIn } from "./auth.ts";
import { registerConversationRoutes } from "./conversations.ts";
import { cors } from "./cors.ts";
import { registerDocsRoutes } from "./docs.ts";
import type { AppOptions } from "./env.ts";
import { createErrorHandler, invalidRequest, onlyErrors } from "./errors.ts";
import { commonHeaders, guardUrl } from "./headers.ts";
import { registerHealthRoutes } from "./health.ts";
import { registerMessageRoutes } from "./messages.ts";
import { registerMessagingRoutes } from "./messaging.ts";
import { createMethodGuards } from "./methods.ts";
import { registerPeopleRoutes } from "./people.ts";
import { registerPresenceRoutes } from "./presence.ts";
import { registerReceiptRoutes } from "./receipts.ts";
import { registerServiceRoutes } from "./service.ts";
import { registerSocketRoutes } from "./sockets.ts";
import { registerStreamRoutes } from "./sse.ts";
import { timeLimit } from "./time-limit.ts";
import { registerTypingRoutes } from "./typing.ts";
import { registerUnreadRoutes } from "./unread.ts";

/** The whole HTTP surface, for any platform that can fill in the ports. */
export function createApp(ports: Ports, options: AppOptions = {}): OpenAPIHono {
  const app = new OpenAPIHono({
    strict: false,
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error);
    },
  });
  const authenticate = createAuthenticate(ports);
  const protect = signedIn(authenticate);

  const { guardHead, notFound } = createMethodGuards(app);

  app.onError(createErrorHandler(ports.log));
  app.notFound(notFound);
  app.use(commonHeaders, cors(ports), guardUrl, guardHead, timeLimit(ports), onlyErrors);

  registerConversationRoutes(app, ports, protect);
  registerMessageRoutes(app, ports, protect);
  registerReceiptRoutes(app, ports, protect);
  registerTypingRoutes(app, ports, protect);
  registerUnreadRoutes(app, ports, protect);
  registerPresenceRoutes(app, ports, protect);
  registerMessagingRoutes(app, ports, protect);
  registerAttachmentRoutes(app, ports);
  registerStreamRoutes(app, ports, { ...options, authenticate });
  registerSocketRoutes(app, ports, { ...options, authenticate });
  registerAccountRoutes(app, ports, { ...options, signedIn: protect });
  registerPeopleRoutes(app, ports, protect);
  registerServiceRoutes(app, ports);
  registerHealthRoutes(app, ports);
  registerDocsRoutes(app, ports);
  return app;
}
