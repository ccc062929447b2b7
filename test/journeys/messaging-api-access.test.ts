import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson, signIn, signToken, type ChatPerson } from "../support/people.ts";
import { shakeHands, statusOf, type Handshake } from "../support/raw-handshake.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { joinSocket, type SocketOptions, type Surface } from "../support/socket-client.ts";
import * as documented from "./documented.ts";

const surfaces: Surface[] = ["chat", "messaging"];
const messaging = "/api/messaging";

interface Page {
  results: Record<string, unknown>[];
  next: string | null;
  previous: null;
}

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;

beforeAll(async () => {
  server = await startServer({ DEMO: "off", ALLOWED_ORIGINS: "https://www.vikrahub.com" });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

function withToken(surface: Surface, change: Partial<Handshake> = {}): Handshake {
  return { path: `/ws/${surface}/?token=${jane.token}`, ...change };
}

describe.each(surfaces)("the handshake of /ws/%s/", (surface) => {
  test.each([
    ["the token in the address", async () => ({})],
    [
      "a Bearer token in the header",
      async () => ({ query: "", headers: { Authorization: `Bearer ${jane.token}` } }),
    ],
    [
      "a ticket in the address",
      async () => {
        const { ticket } = await jane.post<{ ticket: string }>("/api/auth/ticket/", {});
        return { query: `ticket=${ticket}` };
      },
    ],
  ])("takes %s [WS-1] [AUTH-1] [AUTH-2]", async (_, options: () => Promise<SocketOptions>) => {
    const socket = await joinSocket(server, jane, { surface, ...(await options()) });
    expect(socket.frames[0]).toEqual({ type: "connection_established", user_id: jane.id });
    await socket.close();
  });

  test("takes a ticket once [WS-1] [AUTH-2]", async () => {
    const { ticket } = await jane.post<{ ticket: string }>("/api/auth/ticket/", {});
    const path = `/ws/${surface}/?ticket=${ticket}`;
    expect(await statusOf(server, { path })).toMatchObject({ status: 101 });
    expect(await statusOf(server, { path })).toEqual({ status: 401, code: "unauthorized" });
  });

  test("refuses who has no good token with 401, in JSON [WS-1] [AUTH-1] [ERR-1]", async () => {
    const claims = { user_id: jane.id, username: "jane_smith", name: "Jane" };
    const expired = await signToken(server.authSecret, claims, "-1m");
    const foreign = await signToken("another secret that is long enough!!", claims);
    const queries = ["", "?token=", "?token=nonsense", `?token=${expired}`, `?token=${foreign}`];
    for (const query of [...queries, "?ticket=nonsense", `?ticket=${jane.token}`]) {
      const answer = await statusOf(server, { path: `/ws/${surface}/${query}` });
      expect([query, answer.status]).toEqual([query, 401]);
    }
    const cookie = { path: `/ws/${surface}/`, headers: { Cookie: `token=${jane.token}` } };
    const { status, headers, body, socket } = await shakeHands(server, cookie);
    expect(status).toBe(401);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(headers.get("x-request-id")).toBeTruthy();
    expect(body).not.toContain(jane.token);
    socket.destroy();
  });

  test.each([
    ["another site", "https://evil.example"],
    ["null", "null"],
    ["one that begins like a listed one", "https://www.vikrahub.com.evil.example"],
    ["one that ends like a listed one", "https://evilwww.vikrahub.com"],
    ["a listed one over http", "http://www.vikrahub.com"],
    ["a listed one with another port", "https://www.vikrahub.com:8443"],
    ["a listed one with a path", "https://www.vikrahub.com/"],
    ["two in one header", "https://www.vikrahub.com, https://evil.example"],
    ["two headers", ["https://www.vikrahub.com", "https://evil.example"]],
  ])("refuses an origin that is %s with 403 [WS-1] [CORS-1]", async (_, origin) => {
    const answer = await statusOf(server, withToken(surface, { headers: { Origin: origin } }));
    expect(answer).toEqual({ status: 403, code: "forbidden" });
  });

  test("lets a listed origin in, its own pages, and programs without an origin [WS-1]", async () => {
    for (const origin of ["https://www.vikrahub.com", server.url, null]) {
      const answer = await statusOf(server, withToken(surface, { headers: { Origin: origin } }));
      expect([origin, answer.status]).toEqual([origin, 101]);
    }
  });

  test("without an upgrade is 426, in JSON [WS-1]", async () => {
    const { url } = server;
    const plain = await fetch(`${url}/ws/${surface}/?token=${jane.token}`);
    expect(plain.status).toBe(426);
    expect(await plain.json()).toMatchObject({ code: "upgrade-required" });
    const other = await statusOf(server, withToken(surface, { headers: { Upgrade: "h2c" } }));
    expect(other.status).toBe(426);
  });

  test("that is broken is refused, and the next one is good [WS-1]", async () => {
    const broken: Partial<Handshake>[] = [
      { headers: { "Sec-WebSocket-Version": "8" } },
      { headers: { "Sec-WebSocket-Key": null } },
      { headers: { Connection: "keep-alive", Upgrade: null } },
      { method: "POST" },
    ];
    for (const each of broken) {
      const { status } = await statusOf(server, withToken(surface, each));
      expect([each, status >= 400 && status < 500]).toEqual([each, true]);
    }
    const odd: Partial<Handshake>[] = [
      { headers: { "Sec-WebSocket-Key": "short" } },
      { headers: { "Sec-WebSocket-Protocol": "graphql-ws" } },
      { headers: { "Sec-WebSocket-Protocol": "x,".repeat(5_000) } },
      { headers: { "Content-Length": "5" }, body: "hello" },
      { headers: { Upgrade: ["websocket", "websocket"] } },
    ];
    for (const each of odd) {
      const { status } = await statusOf(server, withToken(surface, each));
      expect(status).toBeLessThan(500);
    }
    const socket = await joinSocket(server, jane, { surface });
    await socket.close();
  });
});

describe("the document's REST endpoints", () => {
  let conversationId: number;

  test("POST and GET conversations/ open and list them [CONV-1] [HIST-3]", async () => {
    const opened = await jane.call(`${messaging}/conversations/`, { body: { user_id: john.id } });
    expect(opened.status).toBe(201);
    const conversation = (await opened.json()) as Record<string, unknown>;
    conversationId = Number(conversation["id"]);
    expect(conversation).toMatchObject({ other_user: { id: john.id }, last_message: null });
    const again = await jane.call(`${messaging}/conversations/`, { body: { user_id: john.id } });
    expect([again.status, await again.json()]).toEqual([200, conversation]);
    const { results, next, previous } = await jane.get<Page>(`${messaging}/conversations/`);
    expect([results, next, previous]).toEqual([[conversation], null, null]);
    expect(await jane.get(`${messaging}/conversations/${conversationId}/`)).toEqual(conversation);
  });

  test("POST and GET conversations/{id}/messages/ write and read in one, page by page [HIST-3]", async () => {
    const path = `${messaging}/conversations/${conversationId}/messages/`;
    for (const text of ["one", "two", "three"]) await jane.post(path, { text });
    const first = await john.get<Page>(`${path}?limit=2`);
    expect(first.results.map((each) => each["content"])).toEqual(["three", "two"]);
    const { pathname, search } = new URL(first.next ?? "");
    const second = await john.get<Page>(pathname + search);
    expect(second.results.map((each) => each["content"])).toEqual(["one"]);
    expect(second.next).toBeNull();
  });

  test("GET messages/?user_id= reads with one user, at both addresses [WIRE-1]", async () => {
    const path = `messages/?user_id=${jane.id}&limit=2`;
    const long = await john.get<Page>(`${messaging}/${path}`);
    const short = await john.get<Page>(`/api/${path}`);
    expect(long.results).toHaveLength(2);
    expect(short.results).toEqual(long.results);
    for (const { next } of [long, short]) {
      const { pathname, search } = new URL(next ?? "");
      expect((await john.get<Page>(pathname + search)).results).toHaveLength(1);
    }
  });

  test("GET messages/user/{id}/unread/ and unread-count/ count [UNREAD-2]", async () => {
    const mine = await john.get(`${messaging}/messages/user/${jane.id}/unread/`);
    expect(mine).toMatchObject({ user_id: jane.id, unread_count: 3 });
    expect(await john.get(`${messaging}/unread-count/`)).toMatchObject({ unread_count: 3 });
    expect(await jane.get(`${messaging}/unread-count/`)).toMatchObject({ unread_count: 0 });
  });

  test("each needs a token, and shows nothing of others [AUTH-1] [PRIV-1]", async () => {
    const mia = await signIn(server, documented.people.mia);
    const nobody = createPerson(server, { id: 0, name: "", token: "" });
    const gets = [
      `messages/?user_id=${john.id}`,
      `messages/user/${john.id}/unread/`,
      "unread-count/",
      "conversations/",
      `conversations/${conversationId}/`,
      `conversations/${conversationId}/messages/`,
    ];
    for (const path of gets) {
      const { status } = await nobody.call(`${messaging}/${path}`);
      expect([path, status]).toEqual([path, 401]);
    }
    for (const path of gets.filter((each) => each.startsWith("conversations/"))) {
      const { status } = await mia.call(`${messaging}/${path}`);
      expect([path, status]).toEqual([path, path === "conversations/" ? 200 : 404]);
    }
    const body = { text: "let me in" };
    const posted = await mia.call(`${messaging}/${gets[5]}`, { body });
    expect(posted.status).toBe(404);
    expect((await mia.get<Page>(`${messaging}/conversations/`)).results).toEqual([]);
    expect((await mia.get<Page>(`/api/${gets[0]}`)).results).toEqual([]);
  });
});
