import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../src/ports/config.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import { socketFrameSchemas } from "../../src/protocol/socket-api.ts";
import { ping, socketRequestSchemas } from "../../src/protocol/socket-requests.ts";
import { readFrame } from "../../src/usecases/read-frame.ts";
import { openHttpRig } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

interface Reference {
  $ref: string;
}
interface Operation {
  action: "send" | "receive";
  channel: Reference;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
}
interface Channel {
  address: string;
  messages: Record<string, Reference>;
  bindings: { ws: { query: { properties: Record<string, object> } } };
}
interface AsyncApi {
  asyncapi: string;
  info: { description: string; externalDocs: { url: string } };
  servers: Record<string, { host: string; pathname?: string; protocol: string }>;
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: {
    messages: Record<string, { summary: string; examples?: { payload: object }[] }>;
    schemas: Record<string, { properties: Record<string, unknown>; required: string[] }>;
    securitySchemes: Record<string, object>;
  };
}

let rig: HttpRig;
let document: AsyncApi;

beforeAll(async () => {
  rig = await openHttpRig();
  document = (await (await rig.call("/api/asyncapi.json")).json()) as AsyncApi;
});
afterAll(() => rig.close());

async function documentWith(config: Partial<Config>): Promise<AsyncApi> {
  const response = await rig.appWith({ config }).call("/api/asyncapi.json");
  return (await response.json()) as AsyncApi;
}

/** What a reference leads to; undefined where that is nothing. */
function follow(reference: string): unknown {
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce<unknown>(
    (place, step) => (place as Record<string, unknown> | undefined)?.[step],
    document,
  );
}

describe("the AsyncAPI document", () => {
  it("describes both sockets, and what each of them takes and sends [DOCS-1]", () => {
    expect(document.asyncapi).toBe("3.0.0");
    const { chat, messaging } = document.channels;
    expect(chat?.address).toBe("/ws/chat/");
    expect(messaging?.address).toBe("/ws/messaging/");
    expect(Object.keys(chat!.messages)).toContain("server.new_message");
    expect(Object.keys(chat!.messages)).not.toContain("client.hello");
    expect(Object.keys(messaging!.messages)).toContain("client.hello");
    expect(document.operations["chat.message"]).toEqual({
      action: "receive",
      channel: { $ref: "#/channels/chat" },
      messages: [{ $ref: "#/channels/chat/messages/client.message" }],
      reply: {
        channel: { $ref: "#/channels/chat" },
        messages: [
          { $ref: "#/channels/chat/messages/server.message_sent" },
          { $ref: "#/channels/chat/messages/server.error" },
        ],
      },
    });
  });

  it("names the place to go on from in both addresses [DOCS-1] [WS-4]", () => {
    for (const { bindings } of Object.values(document.channels)) {
      expect(Object.keys(bindings.ws.query.properties)).toEqual(["last_event_id"]);
    }
  });

  it("leads nowhere that does not exist [DOCS-1]", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    for (const [, reference = ""] of references) expect(follow(reference)).toBeDefined();
  });

  it("names each message of a channel in an operation [DOCS-1]", () => {
    const used = Object.values(document.operations).flatMap(({ messages }) =>
      messages.map(({ $ref }) => $ref),
    );
    for (const [name, { messages }] of Object.entries(document.channels)) {
      const all = Object.keys(messages).map((each) => `#/channels/${name}/messages/${each}`);
      expect(used).toEqual(expect.arrayContaining(all));
    }
  });

  it.each(Object.entries(socketRequestSchemas))(
    "has %s as the schema that validates it, with examples that it lets pass [DOCS-1]",
    (type, schema) => {
      const described = document.components.schemas[`client.${type}`]!;
      expect(described.properties["type"]).toEqual({ const: type });
      expect(Object.keys(described.properties)).toEqual(["type", ...Object.keys(schema.shape)]);
      expect(described).not.toHaveProperty("additionalProperties");
      const { examples = [], summary } = document.components.messages[`client.${type}`]!;
      expect(summary).not.toBe("");
      expect(examples.length).toBeGreaterThan(0);
      for (const { payload } of examples) {
        expect(readFrame(JSON.stringify(payload))).toMatchObject({ type });
      }
    },
  );

  it("has every frame of the server with its fields [DOCS-1]", () => {
    for (const [type, schema] of Object.entries(socketFrameSchemas)) {
      const described = document.components.schemas[`server.${type}`]!;
      expect(Object.keys(described.properties)).toEqual(Object.keys(schema.shape));
      expect(described.required).toContain("type");
      expect(document.components.messages[`server.${type}`]?.summary).toEqual(expect.any(String));
    }
  });

  it("says how sockets are closed and the bytes that wake nothing [DOCS-1] [WS-6]", () => {
    const { description } = document.info;
    expect(description).toContain(ping);
    for (const code of Object.values(closeCodes)) expect(description).toContain(`| ${code} |`);
  });

  it("says where the sockets are and how one gets in [DOCS-1] [WS-1]", async () => {
    expect(document.servers["parley"]).toMatchObject({ host: "localhost", protocol: "ws" });
    expect(Object.keys(document.components.securitySchemes)).toEqual([
      "authorization",
      "ticket",
      "token",
    ]);
    const strict = { publicUrl: "https://example.com/parley/", queryToken: false };
    const { servers, components, info } = await documentWith(strict);
    expect(servers["parley"]).toMatchObject({
      host: "example.com",
      pathname: "/parley",
      protocol: "wss",
    });
    expect(components.securitySchemes).not.toHaveProperty("token");
    expect(info.externalDocs.url).toBe("https://example.com/parley/api/docs/");
  });

  it("is named by the OpenAPI document [DOCS-1]", async () => {
    const other = (await (await rig.call("/api/openapi.json")).json()) as {
      externalDocs: { url: string };
    };
    expect(other.externalDocs.url).toBe("/api/asyncapi.json");
  });
});
