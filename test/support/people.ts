import { SignJWT } from "jose";
import type { TestServer } from "./server.ts";
import { openEvents } from "./sse-client.ts";
import type { EventReader } from "./sse-client.ts";

export const communication = "/api/v1/communication";

/** Someone with a token, who can call the server and open its stream. */
export interface ChatPerson {
  readonly id: number;
  readonly name: string;
  readonly token: string;
  call(path: string, init?: CallInit): Promise<Response>;
  /** The JSON of a GET, which must succeed. */
  get<T>(path: string): Promise<T>;
  /** The JSON of a POST, which must succeed. */
  post<T>(path: string, body: unknown): Promise<T>;
  listen(options?: { lastEventId?: string | null; query?: string }): Promise<EventReader>;
}

export interface CallInit {
  method?: string;
  /** Sent as it is when it is a form, as JSON otherwise. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

type Place = Pick<TestServer, "url" | "authSecret">;

/** Signs a token as the host application of a chat does. */
export async function signToken(
  secret: string,
  claims: Record<string, unknown>,
  expiresIn = "1h",
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(secret));
}

/** A user of the host application, known to the server from this call on (AUTH-3). */
export async function signIn(
  place: Place,
  { id, username, name }: { id: number; username: string; name: string },
): Promise<ChatPerson> {
  const avatar = `https://s3.amazonaws.com/avatars/${username}.jpg`;
  const token = await signToken(place.authSecret, { user_id: id, username, name, avatar });
  const me = createPerson(place, { id, name, token });
  await me.get("/api/auth/me");
  return me;
}

export function createPerson(
  { url }: Pick<Place, "url">,
  { id, name, token }: { id: number; name: string; token: string },
): ChatPerson {
  async function call(
    path: string,
    { method, body, headers, signal }: CallInit = {},
  ): Promise<Response> {
    const isForm = body instanceof FormData;
    return fetch(new URL(path.startsWith("/") ? path : `${communication}/${path}`, url), {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        authorization: `Token ${token}`,
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  }

  async function read<T>(path: string, init: CallInit): Promise<T> {
    const response = await call(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    id,
    name,
    token,
    call,
    get: (path) => read(path, {}),
    post: (path, body) => read(path, { body }),
    listen({ lastEventId = null, query = `token=${token}` } = {}) {
      const headers: Record<string, string> =
        lastEventId === null ? {} : { "Last-Event-ID": lastEventId };
      return openEvents(`${url}${communication}/sse/events/?${query}`, headers);
    },
  };
}

/** What the document's client sends with a file. */
export function messageForm(receiverId: number, message: string, file?: File): FormData {
  const form = new FormData();
  form.append("receiver_id", String(receiverId));
  form.append("message", message);
  if (file) form.append("attachment", file);
  return form;
}
