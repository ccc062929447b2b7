import type { ChatMessage } from "../../../src/protocol/chat-message.ts";
import { otherId, ownMessage, receivedMessage, viewerId } from "./sample-messages.ts";

export interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  signal: AbortSignal | null | undefined;
}

/** The viewer's side of a server that knows one conversation, in the test's hands. */
export interface FakeServer {
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly requests: FakeRequest[];
  /** How often that path was asked for. */
  count(path: string): number;
  readonly messages: ChatMessage[];
  /** The other one writes. */
  write(change?: Partial<ChatMessage>): ChatMessage;
  unread: number;
  /** Answers instead, where it gives one; null rejects as a lost network does. */
  intercept: ((request: FakeRequest) => Response | null | undefined | Promise<never>) | null;
}

const base = "/api/v1/communication/chats";

export function createFakeServer(): FakeServer {
  const requests: FakeRequest[] = [];
  const messages: ChatMessage[] = [];

  function store(body: Record<string, unknown>): Response {
    const clientId = String(body["client_id"]);
    const known = messages.find(({ client_id }) => client_id === clientId);
    if (known) return Response.json(known);
    const message = ownMessage(messages.length + 1, {
      client_id: clientId,
      message: String(body["message"]),
      receiver_id: Number(body["receiver_id"]),
      receiver: Number(body["receiver_id"]),
    });
    messages.push(message);
    return Response.json(message, { status: 201 });
  }

  function conversations(): unknown[] {
    const last = messages.at(-1);
    if (!last) return [];
    return [
      {
        conversation_id: 1,
        other_user: otherUser,
        last_message: last.message,
        last_message_at: last.timestamp,
        last_message_by_me: last.sender_id === viewerId,
        unread_count: server.unread,
        updated_at: last.timestamp,
      },
    ];
  }

  function history(query: URLSearchParams): Response {
    const before = Number(query.get("before_id") ?? Infinity);
    const limit = Number(query.get("limit") ?? 50);
    const older = messages.filter(({ id }) => id < before);
    return Response.json({
      conversation_id: messages.length > 0 ? 1 : null,
      other_user: otherUser,
      messages: older.slice(-limit).toReversed(),
      has_more: older.length > limit,
    });
  }

  function answer({ method, path, query, body }: FakeRequest): Response {
    if (path === "/api/auth/me") return Response.json({ ...otherUser, ...viewerUser });
    if (path === "/api/auth/ticket") return Response.json({ ticket: "ticket", expires_in: 30 });
    if (path === `${base}/` && method === "POST") return store(body);
    if (path === `${base}/conversations/`) return Response.json(conversations());
    if (path === `${base}/conversation/${otherId}/`) return history(query);
    if (path === `${base}/online-users/`) return Response.json({ online_users: [otherId] });
    if (path === `${base}/mark-read/`) return Response.json({ success: true, marked_count: 1 });
    if (path === `${base}/typing/`) return Response.json({ success: true });
    const problem = { status: 404, code: "not-found", detail: "There is nothing here for you" };
    return Response.json(problem, { status: 404 });
  }

  const server: FakeServer = {
    requests,
    messages,
    unread: 0,
    intercept: null,
    count: (path) => requests.filter((each) => each.path.endsWith(path)).length,
    write(change = {}) {
      const message = receivedMessage(messages.length + 1, change);
      messages.push(message);
      server.unread += 1;
      return message;
    },
    async fetch(url, { method = "GET", body, signal }) {
      const { pathname: path, searchParams: query } = new URL(url);
      const request = { method, path, query, body: readBody(body), signal };
      requests.push(request);
      const instead = await Promise.race([server.intercept?.(request), untilAborted(signal)]);
      if (instead === null) throw new TypeError("There is no network");
      return instead ?? answer(request);
    },
  };
  return server;
}

function untilAborted(signal: RequestInit["signal"]): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
}

function readBody(body: RequestInit["body"]): Record<string, unknown> {
  if (body instanceof FormData) return Object.fromEntries(body);
  return typeof body === "string" ? (JSON.parse(body) as Record<string, unknown>) : {};
}

const viewerUser = { id: viewerId, username: "user7", full_name: "Name 7" };
const otherUser = {
  id: otherId,
  username: "user9",
  full_name: "Name 9",
  avatar: null,
  is_online: true,
};
