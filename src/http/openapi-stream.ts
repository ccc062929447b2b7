import { z } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { communicationPath } from "./links.ts";
import { fails } from "./route-docs.ts";

const example = `retry: 2000
event: connected
data: {"status":"connected","user_id":789}

id: k3v9-41
event: message
data: {"id":456,"sender":123,"sender_id":123,"sender_name":"John Doe","receiver_id":789,"message":"Hello!","attachment":null,"attachment_type":null,"timestamp":"2026-01-09T10:30:00.000Z","is_read":false,"conversation_id":1}

id: k3v9-41
event: ready
data: {"status":"ready","last_event_id":"k3v9-41"}

event: typing
data: {"sender_id":123,"sender_name":"John Doe","is_typing":true}

event: heartbeat
data: {"timestamp":1736419800.123}

`;

const description = `An endless \`text/event-stream\`. Each event's data is one JSON object:

| event | data |
|---|---|
| \`connected\` | \`{status, user_id}\`, at once |
| \`message\` | a ChatMessage; your own, from any of your windows, too. With \`unread_count\` where it is known how many of the conversation you have not read then |
| \`typing\` | \`{sender_id, sender_name, is_typing}\` |
| \`read_receipt\` | \`{message_id, reader_id, reader_name, read_at, conversation_id}\`, one a message |
| \`delivery_receipt\` | \`{message_id, receiver_id, delivered_at, conversation_id}\`, one a message |
| \`unread\` | \`{conversation_id, unread_count, message_ids, read_at}\`, when you read in another window |
| \`presence\` | \`{user_id, is_online, last_seen}\` of those you share a conversation with |
| \`notification\` | \`{title, message, notification_type, id, timestamp, …}\` |
| \`heartbeat\` | \`{timestamp}\`, every 30 s |
| \`ready\` | \`{status, last_event_id}\`: everything missed has been sent |
| \`reset\` | \`{reason, last_event_id}\`: too much was missed, load anew |
| \`error\` | \`{code, detail}\`, before the stream ends |

Events that must not be missed carry an \`id\`. Browsers send the last one back by themselves; elsewhere set
\`Last-Event-ID\` (such as \`k3v9-40\`), and what was missed comes in order, then \`ready\`.

Browsers' \`EventSource\` gives up for good at any status but 200. What will pass (429, 503) is therefore answered with 200,
\`retry\` and an \`error\` event; with its own status only where \`Accept\` asks for \`application/problem+json\`.`;

/** The stream answers no JSON, so that no schema of a route can describe it. */
export function describeStream(registry: OpenAPIHono["openAPIRegistry"]): void {
  registry.registerPath({
    method: "get",
    path: `${communicationPath}/sse/events`,
    tags: ["Stream"],
    summary: "What happens, as it happens",
    description,
    security: [{ token: [] }, { streamToken: [] }, { streamTicket: [] }],
    request: {
      headers: z.object({
        "Last-Event-ID": z.string().optional(),
      }),
      query: z.object({
        last_event_id: z.string().optional().openapi({
          description: "Where the header cannot be set.",
        }),
      }),
    },
    responses: {
      200: {
        description: "The events.",
        content: { "text/event-stream": { schema: { type: "string" }, example } },
      },
    },
    ...fails("forbidden", "hub-unavailable", "rate-limited"),
  });
}
