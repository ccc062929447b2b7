import type { Ports } from "../ports/index.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { socketAnswers, socketSurfaces } from "../protocol/socket-api.ts";
import { ping, pong } from "../protocol/socket-requests.ts";
import { describeFrames } from "./asyncapi-messages.ts";
import { baseUrl } from "./links.ts";

type Surface = keyof typeof socketSurfaces;
interface Reference {
  $ref: string;
}

const closings: Record<keyof typeof closeCodes, string> = {
  goingAway: "the server restarts; come back with your last event id",
  tooBig: "a frame was over 64 KiB",
  badFrames: "ten frames in a row made no sense, or one was not text",
  tokenExpired: "the token expired; come back with a new one",
  idle: "no first frame within 60 s",
  slow: "too much was on its way to you; come back with your last event id",
  replaced: "a newer connection of yours took its place",
};

const about = `Both sockets carry JSON objects with a \`type\`, one a frame. This describes the server: what it receives is what a
client sends. Unknown fields are let pass, both ways, and unknown types are for the client to ignore.

A request may carry a \`ref\`, which its answer or error carries back. Events that must not be missed carry an \`event_id\`.

A handshake needs a token (\`Authorization\` or \`?token=\`) or a \`?ticket=\` from \`POST /api/auth/ticket\`. One that is refused is an
HTTP answer: 401, 403 for an origin that is not listed, 426 without an upgrade.

\`${ping}\`, in exactly these bytes, is answered \`${pong}\` and wakes nothing. Who has pinged counts as present for 75 s after the
last ping; who never did, as long as the socket is open.

| closed with | because |
|---|---|
${Object.entries(closings)
  .map(([name, why]) => `| ${closeCodes[name as keyof typeof closeCodes]} | ${why} |`)
  .join("\n")}`;

const surfaces: Record<Surface, { title: string; description: string; query: object }> = {
  chat: {
    title: "Direct chat",
    description:
      "The stream starts at once, after `last_event_id` if it is given. Acknowledging is optional.",
    query: { last_event_id: { type: "string", description: "The last event that you have." } },
  },
  messaging: {
    title: "Messaging",
    description:
      "Say `hello` with your last event id first; any other first frame starts at now. Acknowledge what has arrived with `ack`.",
    query: {
      last_event_id: {
        type: "string",
        description: "The last event that you have; the stream starts after it without `hello`.",
      },
    },
  },
};

const credentials = {
  authorization: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A login token, or one that your own application signed. `Token …` works too.",
  },
  ticket: {
    type: "httpApiKey",
    in: "query",
    name: "ticket",
    description: "Good for one connection within 30 s.",
  },
  token: {
    type: "httpApiKey",
    in: "query",
    name: "token",
    description: "The token in the address, for clients that can set no header.",
  },
};

/** The AsyncAPI 3.0 document of both sockets, for the address that a request came to (DOCS-1). */
export function createSocketDocument(
  ports: Pick<Ports, "config">,
): (request: Request) => Record<string, unknown> {
  const { version, queryToken } = ports.config;
  const { token, ...always } = credentials;
  const securitySchemes = queryToken ? { ...always, token } : always;
  const security = refer("#/components/securitySchemes/", Object.keys(securitySchemes));
  const channels = { chat: describeChannel("chat"), messaging: describeChannel("messaging") };
  const operations = { ...describeOperations("chat"), ...describeOperations("messaging") };
  const components = { ...describeFrames(), securitySchemes };
  const info = { title: "Parley sockets", version, description: about, license: { name: "MIT" } };

  return (request) => {
    const base = baseUrl(ports, request);
    const { host, protocol, pathname } = new URL(base);
    const server = {
      host,
      ...(pathname !== "/" && { pathname }),
      protocol: protocol === "https:" ? "wss" : "ws",
      security,
    };
    const externalDocs = { description: "The API over HTTP", url: `${base}/api/docs/` };
    return {
      asyncapi: "3.0.0",
      info: { ...info, externalDocs },
      defaultContentType: "application/json",
      servers: { parley: server },
      channels,
      operations,
      components,
    };
  };
}

function refer(path: string, names: string[]): Reference[] {
  return names.map((name) => ({ $ref: `${path}${name}` }));
}

/** The names that frames have in the document. */
function namesOf(surface: Surface): { received: string[]; sent: string[] } {
  const { requests, frames } = socketSurfaces[surface];
  return {
    received: requests.map((type) => `client.${type}`),
    sent: frames.map((type) => `server.${type}`),
  };
}

function describeChannel(surface: Surface): object {
  const { title, description, query } = surfaces[surface];
  const { received, sent } = namesOf(surface);
  const names = [...received, ...sent];
  const messages = names.map((name) => [name, { $ref: `#/components/messages/${name}` }]);
  const ws = {
    method: "GET",
    query: { type: "object", properties: query },
    bindingVersion: "0.1.0",
  };
  return {
    address: `/ws/${surface}/`,
    title,
    description,
    servers: refer("#/servers/", ["parley"]),
    messages: Object.fromEntries(messages),
    bindings: { ws },
  };
}

function describeOperations(surface: Surface): Record<string, object> {
  const channel = { $ref: `#/channels/${surface}` };
  const messages = `${channel.$ref}/messages/`;
  const answers = (types: string[]) => refer(`${messages}server.`, [...types, "error"]);
  const received = socketSurfaces[surface].requests.map((type) => [
    `${surface}.${type}`,
    {
      action: "receive",
      channel,
      messages: refer(messages, [`client.${type}`]),
      reply: { channel, messages: answers(socketAnswers[type]) },
    },
  ]);
  const sent = { action: "send", channel, messages: refer(messages, namesOf(surface).sent) };
  return { ...Object.fromEntries(received), [`${surface}.events`]: sent };
}
