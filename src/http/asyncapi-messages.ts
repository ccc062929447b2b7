import { z } from "@hono/zod-openapi";
import { messagingConversationSchema, messagingMessageSchema } from "../protocol/messaging-api.ts";
import { socketFrameSchemas } from "../protocol/socket-api.ts";
import { ping, socketRequestSchemas, type SocketRequestType } from "../protocol/socket-requests.ts";

interface JsonSchema {
  $schema?: string;
  $id?: string;
  properties?: Record<string, unknown>;
  required?: string[];
  description?: string;
}

interface Described {
  summary: string;
  examples: object[];
}

const schemasPath = "#/components/schemas/";
/** No frame is wrong for what it has beyond its schema, which is why even what the server sends is told as an input. */
const dialect = { target: "draft-7", io: "input" } as const;

/** What the schemas alone do not say of the frames that a client sends. */
const requests: Record<SocketRequestType, Described> = {
  hello: {
    summary: "The first frame, and only that: what came after this event is sent, then `ready`.",
    examples: [{ last_event_id: "k3v9-41" }, {}],
  },
  ack: {
    summary: "Everything up to and including this event has arrived.",
    examples: [{ event_id: "k3v9-42" }],
  },
  message: {
    summary:
      "Writes to a user or in a conversation, whichever of the two ids it has; `content` is another name of `text`.",
    examples: [
      { recipient_id: 123, text: "Hello! How are you?" },
      { conversation_id: 1, text: "Fine!", client_id: "8f14e45f-ceea-467f-9c5b", ref: 7 },
    ],
  },
  send: {
    summary: "The same as `message`.",
    examples: [{ recipient_id: 123, text: "Hello! How are you?" }],
  },
  typing: {
    summary: "Whether you type to someone; it passes at most once a second.",
    examples: [{ recipient_id: 123, is_typing: true }],
  },
  read: {
    summary: "Marks as read by exactly one of conversation_id, message_ids and sender_id.",
    examples: [{ conversation_id: 1 }, { message_ids: [456, 457], ref: "r1" }],
  },
  open_conversation: {
    summary: "Finds or begins the conversation with a user.",
    examples: [{ user_id: 123, ref: 8 }],
  },
  list_conversations: {
    summary: "A page of your conversations; `cursor` is the `next_cursor` of the page before.",
    examples: [{ limit: 20, ref: 9 }],
  },
  presence: {
    summary: "Asks how everyone is; changes come by themselves.",
    examples: [{}],
  },
  ping: {
    summary: `A sign of life. In exactly these bytes it wakes nothing: ${ping}`,
    examples: [{}],
  },
};

/** Messages and schemas of both directions: `client.…` is what a client sends, `server.…` what it gets. */
export function describeFrames(): { messages: object; schemas: object } {
  const schemas: Record<string, JsonSchema> = { ...describeServerFrames() };
  const messages: Record<string, object> = {};
  for (const [type, { summary, examples }] of Object.entries(requests)) {
    const id = `client.${type}`;
    schemas[id] = describeRequest(type as SocketRequestType);
    const payloads = examples.map((example) => ({ payload: { type, ...example } }));
    messages[id] = { ...message(type, id, schemas[id]), summary, examples: payloads };
  }
  for (const type of Object.keys(socketFrameSchemas)) {
    const id = `server.${type}`;
    messages[id] = { ...message(type, id, schemas[id]), summary: schemas[id]?.description };
  }
  return { messages, schemas };
}

function message(name: string, id: string, schema: JsonSchema | undefined): object {
  const hasRef = schema?.properties?.["ref"] !== undefined;
  return {
    name,
    title: name,
    payload: { $ref: `${schemasPath}${id}` },
    ...(hasRef && { correlationId: { location: "$message.payload#/ref" } }),
  };
}

/** The type is read before a frame's schema is known, so that no schema has it. */
function describeRequest(type: SocketRequestType): JsonSchema {
  const schema = plain(z.toJSONSchema(socketRequestSchemas[type], dialect));
  const properties = { type: { const: type }, ...schema.properties };
  return { ...schema, properties, required: ["type", ...(schema.required ?? [])] };
}

function describeServerFrames(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  registry.add(messagingMessageSchema, { id: "MessagingMessage" });
  registry.add(messagingConversationSchema, { id: "MessagingConversation" });
  for (const [type, schema] of Object.entries(socketFrameSchemas)) {
    registry.add(schema, { id: `server.${type}` });
  }
  const { schemas } = z.toJSONSchema(registry, {
    ...dialect,
    uri: (id) => `${schemasPath}${id}`,
  });
  const entries = Object.entries(schemas as Record<string, JsonSchema>);
  return Object.fromEntries(entries.map(([id, schema]) => [id, plain(schema)]));
}

/** Inside one document a schema needs no address and no dialect of its own. */
function plain({ $schema: _dialect, $id: _address, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
