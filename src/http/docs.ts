import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Ports } from "../ports/index.ts";
import { createSocketDocument } from "./asyncapi.ts";
import { buildDocument } from "./openapi.ts";

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<noscript>The document itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/init.js"></script>
</body>
</html>
`;

const script = `SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** The documents of HTTP and of the sockets, and a page that shows them without any other server. */
export function registerDocsRoutes(app: OpenAPIHono, ports: Ports): void {
  let document: string | undefined;
  let describeSockets: ReturnType<typeof createSocketDocument> | undefined;

  app.get("/api/openapi.json", (c) => {
    document ??= JSON.stringify(buildDocument(app, ports));
    return c.body(document, 200, { "Content-Type": "application/json" });
  });
  app.get("/api/asyncapi.json", (c) => {
    describeSockets ??= createSocketDocument(ports);
    return c.json(describeSockets(c.req.raw));
  });
  app.get("/api/docs", (c) => c.html(page, 200, { "Content-Security-Policy": policy }));
  app.get("/api/docs/init.js", (c) =>
    c.body(script, 200, { "Content-Type": "text/javascript; charset=utf-8" }),
  );
}
