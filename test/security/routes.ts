import { file, formBytes, boundary, field } from "../support/form-bytes.ts";
import { chatPath, serviceKey } from "../support/http-rig.ts";
import type { Call } from "../support/http-rig.ts";

/** What a request can be about: someone, and what is between them and somebody else. */
export interface Subject {
  userId: number;
  conversationId: number;
  messageId: number;
  /** The path and query of a link to a file. */
  link: string;
}

/** One good way to call a route. */
export interface RouteCall {
  /** What of the subject it names, if anything. */
  names: keyof Subject | null;
  path: string;
  call: Call;
}

/** Who may call: everyone, whoever has a token, the host application, whoever opens a stream, or whoever has the link. */
export type Access = "everyone" | "token" | "service" | "stream" | "link";

export interface RouteCase {
  access: Access;
  calls(subject: Subject): RouteCall[];
}

const messagingPath = "/api/messaging";
const service = { Authorization: `Bearer ${serviceKey}` };

function plain(path: string, names: keyof Subject | null = null): RouteCall {
  return { names, path, call: {} };
}

function posting(path: string, json: object, names: keyof Subject | null = null): RouteCall {
  return { names, path, call: { method: "POST", json } };
}

/** The same fields as a form with a file. */
function uploading(path: string, fields: object, names: keyof Subject): RouteCall {
  const parts = Object.entries(fields).map(([name, value]) => field(name, String(value)));
  const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
  const body = formBytes([...parts, file("a note")]);
  return { names, path, call: { method: "POST", headers, body } };
}

function bothWays(path: string, fields: object, names: keyof Subject): RouteCall[] {
  return [posting(path, fields, names), uploading(path, fields, names)];
}

function token(calls: (subject: Subject) => RouteCall[]): RouteCase {
  return { access: "token", calls };
}

function open(path: string): RouteCase {
  return { access: "everyone", calls: () => [plain(path)] };
}

const chats = `${chatPath}/chats`;
const signIn = { username: "nobody", password: "correct horse" };

/** Every route that the app has, and how it is called well; a route without a line here fails the tests. */
export const routeCases: Record<string, RouteCase> = {
  [`GET ${chats}/conversations`]: token(() => [plain(`${chats}/conversations/`)]),
  [`GET ${chats}/conversation/:user_id`]: token(({ userId }) => [
    plain(`${chats}/conversation/${userId}/`, "userId"),
  ]),
  [`POST ${chats}`]: token(({ userId }) =>
    bothWays(`${chats}/`, { receiver_id: userId, message: "hello" }, "userId"),
  ),
  [`POST ${chats}/mark-read`]: token(({ userId, conversationId, messageId }) => [
    posting(`${chats}/mark-read/`, { conversation_id: conversationId }, "conversationId"),
    posting(`${chats}/mark-read/`, { message_ids: [messageId] }, "messageId"),
    posting(`${chats}/mark-read/`, { sender_id: userId }, "userId"),
  ]),
  [`POST ${chats}/typing`]: token(({ userId }) => [
    posting(`${chats}/typing/`, { receiver_id: userId, is_typing: true }, "userId"),
  ]),
  [`GET ${chats}/unread-count`]: token(() => [plain(`${chats}/unread-count/`)]),
  [`GET ${chats}/online-users`]: token(() => [plain(`${chats}/online-users/`)]),
  [`GET ${messagingPath}/messages`]: token(({ userId }) => [
    plain(`${messagingPath}/messages/?user_id=${userId}`, "userId"),
  ]),
  "GET /api/messages": token(({ userId }) => [plain(`/api/messages/?user_id=${userId}`, "userId")]),
  [`POST ${messagingPath}/messages`]: token(({ userId }) =>
    bothWays(`${messagingPath}/messages/`, { recipient_id: userId, text: "hello" }, "userId"),
  ),
  [`GET ${messagingPath}/messages/user/:id/unread`]: token(({ userId }) => [
    plain(`${messagingPath}/messages/user/${userId}/unread/`, "userId"),
  ]),
  [`GET ${messagingPath}/unread-count`]: token(() => [plain(`${messagingPath}/unread-count/`)]),
  [`GET ${messagingPath}/conversations`]: token(() => [plain(`${messagingPath}/conversations/`)]),
  [`POST ${messagingPath}/conversations`]: token(({ userId }) => [
    posting(`${messagingPath}/conversations/`, { user_id: userId }, "userId"),
  ]),
  [`GET ${messagingPath}/conversations/:id`]: token(({ conversationId }) => [
    plain(`${messagingPath}/conversations/${conversationId}/`, "conversationId"),
  ]),
  [`GET ${messagingPath}/conversations/:id/messages`]: token(({ conversationId }) => [
    plain(`${messagingPath}/conversations/${conversationId}/messages/`, "conversationId"),
  ]),
  [`POST ${messagingPath}/conversations/:id/messages`]: token(({ conversationId }) =>
    bothWays(
      `${messagingPath}/conversations/${conversationId}/messages/`,
      { text: "hello" },
      "conversationId",
    ),
  ),
  [`GET ${chatPath}/attachments/:id/:name`]: {
    access: "link",
    calls: ({ link }) => [plain(link, "link")],
  },
  [`GET ${chatPath}/sse/events`]: {
    access: "stream",
    calls: () => [plain(`${chatPath}/sse/events/`)],
  },
  "GET /ws/chat": { access: "stream", calls: () => [handshake("chat")] },
  "GET /ws/messaging": { access: "stream", calls: () => [handshake("messaging")] },
  "POST /api/auth/register": {
    access: "everyone",
    calls: () => [posting("/api/auth/register", { ...signIn, username: newName(), full_name: "" })],
  },
  "POST /api/auth/login": {
    access: "everyone",
    calls: () => [posting("/api/auth/login", { ...signIn, username: newName() })],
  },
  "GET /api/auth/me": token(() => [plain("/api/auth/me")]),
  "POST /api/auth/ticket": token(() => [
    { ...plain("/api/auth/ticket"), call: { method: "POST" } },
  ]),
  "GET /api/auth": open("/api/auth/"),
  "GET /api/auth/people": token(() => [plain("/api/auth/people/?query=alice")]),
  "POST /api/service/notifications": {
    access: "service",
    calls: ({ userId }) => [
      asService("/api/service/notifications", "POST", {
        user_ids: [userId],
        title: "News",
        message: "hello",
        notification_type: "notice",
      }),
    ],
  },
  "PUT /api/service/users": {
    access: "service",
    calls: () => [
      asService("/api/service/users", "PUT", { external_id: "guest", full_name: "A guest" }),
    ],
  },
  "GET /health": open("/health"),
  "GET /health/services": {
    access: "service",
    calls: () => [{ ...plain("/health/services"), call: { headers: service } }],
  },
  "GET /api/openapi.json": open("/api/openapi.json"),
  "GET /api/asyncapi.json": open("/api/asyncapi.json"),
  "GET /api/docs": open("/api/docs/"),
  "GET /api/docs/init.js": open("/api/docs/init.js"),
};

function handshake(surface: string): RouteCall {
  return { names: null, path: `/ws/${surface}/`, call: { headers: { Upgrade: "websocket" } } };
}

function asService(path: string, method: string, json: object): RouteCall {
  return { names: null, path, call: { method, json, headers: service } };
}

/** Names that were tried often are refused for a while. */
function newName(): string {
  return `n${crypto.randomUUID().slice(0, 12)}`;
}
