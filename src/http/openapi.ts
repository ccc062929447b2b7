import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Ports } from "../ports/index.ts";
import { errors } from "../protocol/error.ts";
import type { ErrorCode } from "../protocol/error.ts";
import { problemSchema } from "../protocol/problem.ts";
import { baseUrl, communicationPath, messagesPath, messagingPath } from "./links.ts";
import { describeStream } from "./openapi-stream.ts";

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type PathItem = NonNullable<Document["paths"]>[string];

interface Operation {
  security?: object[];
  requestBody?: object;
  parameters?: object[];
  responses?: Record<string, object>;
  "x-errors"?: ErrorCode[];
}

/** What the document says beyond the single routes. */
const about = {
  openapi: "3.1.0",
  externalDocs: { description: "The sockets, in AsyncAPI 3.0", url: "/api/asyncapi.json" },
  tags: [
    { name: "Chat", description: "One-to-one messages, receipts, typing and presence." },
    { name: "Messaging", description: "The same messages by conversation, with paging links." },
    { name: "Stream", description: "What happens, as server-sent events." },
    { name: "Accounts", description: "Standalone sign-up, login and stream tickets." },
    { name: "Service", description: "For your own backend." },
    { name: "Health", description: "How the server is." },
  ],
};

const description = `Realtime chat over HTTP and server-sent events.

Every call carries \`Authorization: Token …\` or \`Authorization: Bearer …\`. Every error is
\`application/problem+json\` (RFC 9457) with a stable \`code\`. Addresses work with and without the slash at the end.

The WebSockets are described in [/api/asyncapi.json](/api/asyncapi.json).`;

/** OpenAPI 3.1, from the very schemas that validate (DOCS-1). */
export function buildDocument(app: OpenAPIHono, ports: Ports): Document {
  registerSchemes(app);
  describeStream(app.openAPIRegistry);
  const { publicUrl, version } = ports.config;
  const servers = [{ url: publicUrl === null ? "/" : baseUrl(ports, new Request(publicUrl)) }];
  const info = {
    title: "Parley",
    version,
    description,
    license: { name: "MIT", identifier: "MIT" },
  };
  const document = app.getOpenAPI31Document({ ...about, info, servers });
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    documentedPath(path),
    describeErrors(item),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}

function registerSchemes({ openAPIRegistry }: OpenAPIHono): void {
  openAPIRegistry.register("Problem", problemSchema);
  openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A login token, or one that your own application signed. `Token …` works too.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "serviceKey", {
    type: "http",
    scheme: "bearer",
    description: "The key that your own backend shares with this server.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "streamToken", {
    type: "apiKey",
    in: "query",
    name: "token",
  });
  openAPIRegistry.registerComponent("securitySchemes", "streamTicket", {
    type: "apiKey",
    in: "query",
    name: "ticket",
  });
}

/** The chat's own addresses end in a slash, as they always did. */
function documentedPath(path: string): string {
  const bases = [communicationPath, messagingPath, messagesPath];
  const isChat =
    bases.some((base) => `${path}/`.startsWith(`${base}/`)) && !path.includes("/attachments/");
  return isChat && !path.endsWith("/") ? `${path}/` : path;
}

function describeErrors(item: PathItem): PathItem {
  const operations = Object.entries(item as Record<string, Operation>).map(
    ([method, operation]) => {
      const { "x-errors": own = [], responses, requestBody, ...rest } = operation;
      const codes = new Set<ErrorCode>([...own, ...impliedErrors(operation)]);
      const described = {
        ...rest,
        // The library knows no body that is required and comes as one of two types.
        ...(requestBody && { requestBody: { ...requestBody, required: true } }),
        responses: { ...responses, ...errorResponses([...codes]) },
      };
      return [method, described];
    },
  );
  return Object.fromEntries(operations) as PathItem;
}

function impliedErrors({ security, requestBody, parameters }: Operation): ErrorCode[] {
  const codes: ErrorCode[] = ["internal"];
  if (security?.length) codes.push("unauthorized", "token-expired", "history-unavailable");
  if (requestBody || parameters?.length) codes.push("invalid-request");
  return codes;
}

/** One response a status, with an example for each of its codes. */
function errorResponses(codes: ErrorCode[]): Record<string, object> {
  const responses: Record<string, object> = {};
  for (const [status, group] of Object.entries(Object.groupBy(codes, (code) => errors[code][0]))) {
    const examples = group.map((code) => [code, { value: exampleOf(code) }]);
    responses[status] = {
      description: group.map((code) => `\`${code}\`: ${errors[code][1]}`).join("; "),
      content: {
        "application/problem+json": {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: Object.fromEntries(examples),
        },
      },
    };
  }
  return responses;
}

function exampleOf(code: ErrorCode): object {
  const [status, title] = errors[code];
  return {
    type: `urn:parley:error:${code}`,
    title,
    status,
    detail: title,
    instance: `${communicationPath}/chats/`,
    code,
    request_id: "0b6f0a52-7c4b-4f0e-9d4d-3f7a1f0c9a11",
    ...(code === "rate-limited" && { retry_after_ms: 200 }),
  };
}
