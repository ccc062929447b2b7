import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

interface Operation {
  summary?: string;
  security?: object[];
  description?: string;
  parameters?: { name: string; schema: { example?: unknown } }[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

let rig: HttpRig;
let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  info: { description: string };
  components: {
    schemas: Record<string, { example?: Record<string, unknown> }>;
    securitySchemes: Record<string, object>;
  };
};

beforeAll(async () => {
  rig = await openHttpRig();
  document = (await (await rig.call("/api/openapi.json")).json()) as typeof document;
});
afterAll(() => rig.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );

describe("the OpenAPI document", () => {
  it("describes every documented address as it is documented [DOCS-1]", () => {
    const base = "/api/v1/communication";
    expect(document.openapi).toBe("3.1.0");
    expect(operations().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        `get ${base}/chats/conversations/`,
        `get ${base}/chats/conversation/{user_id}/`,
        `post ${base}/chats/`,
        `post ${base}/chats/mark-read/`,
        `post ${base}/chats/typing/`,
        `get ${base}/chats/unread-count/`,
        `get ${base}/chats/online-users/`,
        `get ${base}/sse/events/`,
        `get ${base}/attachments/{id}/{name}`,
        "get /api/messages/",
        "get /api/messaging/messages/",
        "post /api/messaging/messages/",
        "get /api/messaging/messages/user/{id}/unread/",
        "get /api/messaging/unread-count/",
        "get /api/messaging/conversations/",
        "post /api/messaging/conversations/",
        "get /api/messaging/conversations/{id}/",
        "get /api/messaging/conversations/{id}/messages/",
        "post /api/messaging/conversations/{id}/messages/",
        "post /api/auth/register",
        "get /health",
      ]),
    );
  });

  it("says of every operation what it does, who may call it and how it fails [DOCS-1]", () => {
    const incomplete = operations().filter(({ operation }) => {
      const { summary, security, responses } = operation;
      const statuses = Object.keys(responses);
      const isAnswered = statuses.some((status) => status < "300") && statuses.includes("500");
      return !summary || !security || !isAnswered || "x-errors" in operation;
    });
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });

  it("leads nowhere that does not exist [DOCS-1]", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name!);
    for (const { operation } of operations()) {
      for (const scheme of operation.security!.flatMap(Object.keys)) {
        expect(document.components.securitySchemes).toHaveProperty(scheme);
      }
    }
  });

  it("shows a message with every field that one has [DOCS-1]", () => {
    const { properties, required } = document.components.schemas["ChatMessage"] as unknown as {
      properties: object;
      required: string[];
    };
    expect(Object.keys(properties)).toHaveLength(26);
    expect(required).toHaveLength(26);
  });

  it.each(["SendMessage", "MessagingSendTo"])(
    "has an example that sends each time it is tried: %s [DOCS-1]",
    async (name) => {
      const example = document.components.schemas[name]!.example!;
      const to = { receiver_id: rig.bob.person.id, recipient_id: rig.bob.person.id };
      const path = name === "SendMessage" ? `${chatPath}/chats/` : "/api/messaging/messages/";
      for (const _ of [1, 2]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const response = await rig.call(path, { as: rig.alice, json: { ...example, ...to } });
        expect(response.status).toBe(201);
      }
    },
  );

  it("has an example that marks messages as read [DOCS-1]", async () => {
    const json = document.components.schemas["MarkRead"]!.example!;
    const response = await rig.call(`${chatPath}/chats/mark-read/`, { as: rig.alice, json });
    expect(response.status).toBe(200);
  });

  it("fills in no place to go on from [DOCS-1]", () => {
    const places = operations()
      .flatMap(({ operation }) => operation.parameters ?? [])
      .filter(({ name }) => /before_id|cursor|last.event.id|idempotency/i.test(name));
    expect(places.length).toBeGreaterThan(5);
    expect(places.filter(({ schema }) => "example" in schema)).toEqual([]);
  });

  it("says how the stream and the logins fail, and where the sockets are [DOCS-1]", () => {
    const stream = document.paths[`${chatPath}/sse/events/`]!["get"]!;
    expect(stream.description).toContain("application/problem+json");
    expect(Object.keys(stream.responses)).toEqual(expect.arrayContaining(["200", "429", "503"]));
    for (const path of ["/api/auth/login", "/api/auth/register"]) {
      const { responses } = document.paths[path]!["post"]!;
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["408", "429", "503"]));
    }
    expect(document.info.description).toContain("(/api/asyncapi.json)");
  });

  it("is the same when it is asked for again [DOCS-1]", async () => {
    expect(await (await rig.call("/api/openapi.json")).json()).toEqual(document);
  });
});

describe("the documentation page", () => {
  it.each(["/api/docs", "/api/docs/"])("needs no other server at %s [DOCS-1]", async (path) => {
    const response = await rig.call(path);
    const page = await response.text();
    expect(response.headers.get("Content-Type")).toContain("text/html");
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
    expect(sources).toEqual([
      "data:,",
      "/docs/swagger-ui.css",
      "/api/openapi.json",
      "/docs/swagger-ui-bundle.js",
      "/api/docs/init.js",
    ]);
    expect(page).not.toMatch(/<script>|\son\w+=/);
    expect(response.headers.get("Content-Security-Policy")).toContain("script-src 'self';");
    const script = await rig.call("/api/docs/init.js");
    expect(script.headers.get("Content-Type")).toContain("text/javascript");
    expect(await script.text()).toContain("/api/openapi.json");
  });
});
