import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { communication, createPerson, signIn, signToken } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import * as documented from "./documented.ts";

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;

beforeAll(async () => {
  server = await startServer({ DEMO: "off" });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

function postJson(path: string, body: unknown): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

interface LoggedIn {
  token: string;
  user: { id: number; username: string; full_name: string };
}

describe("an account", () => {
  const account = { username: "newcomer", password: "a long password", full_name: "New Comer" };

  test("is registered, logs in, and its token opens everything", async () => {
    const registered = await postJson("/api/auth/register", account);
    expect(registered.status).toBe(201);
    const { user } = (await registered.json()) as LoggedIn;
    expect(user).toMatchObject({ username: "newcomer", full_name: "New Comer" });

    const { username, password } = account;
    const loggedIn = await postJson("/api/auth/login", { username, password });
    expect(loggedIn.status).toBe(200);
    const { token } = (await loggedIn.json()) as LoggedIn;
    const newcomer = createPerson(server, { id: user.id, name: "New Comer", token });
    expect(await newcomer.get("/api/auth/me")).toMatchObject({ id: user.id });
    const stream = await newcomer.listen();
    await newcomer.post("chats/", { receiver_id: john.id, message: "I am new" });
    expect((await stream.waitFor("message")).data).toMatchObject({ sender_name: "New Comer" });
    await stream.close();
  });

  test("has a name of its own and a password that is asked for", async () => {
    await postJson("/api/auth/register", account);
    const again = await postJson("/api/auth/register", account);
    expect([again.status, await again.json()]).toMatchObject([409, { code: "username-taken" }]);
    const wrong = await postJson("/api/auth/login", { ...account, password: "a wrong password" });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: "wrong-credentials" }]);
  });
});

describe("a token of the host application", () => {
  test("with user_id 4711 is user 4711 from its first use on [AUTH-3]", async () => {
    const token = await signToken(server.authSecret, {
      user_id: 4711,
      username: "host_user",
      name: "Host User",
      avatar: "https://example.com/host.png",
    });
    const host = createPerson(server, { id: 4711, name: "Host User", token });
    expect(await host.get("/api/auth/me")).toEqual({
      id: 4711,
      username: "host_user",
      full_name: "Host User",
      avatar: "https://example.com/host.png",
    });
    const body = { receiver_id: 4711, message: "Welcome" };
    expect((await jane.call("chats/", { body })).status).toBe(201);
    const page = await host.get<documented.History>(`chats/conversation/${jane.id}/`);
    expect(page.messages[0]).toMatchObject({ receiver: 4711, receiver_name: "Host User" });
  });
});

describe("without a valid token", () => {
  test("every endpoint and the stream answer 401 and say no more [AUTH-1] [ERR-1]", async () => {
    const valid = { user_id: 123 };
    const tokens = {
      none: undefined,
      nonsense: "Token nonsense",
      expired: `Token ${await signToken(server.authSecret, valid, "-2 minutes")}`,
      forged: `Token ${await signToken("another secret of at least 32 characters", valid)}`,
      basic: `Basic ${jane.token}`,
    };
    for (const [kind, authorization] of Object.entries(tokens)) {
      for (const { method, path, ...rest } of documented.endpoints) {
        // oxlint-disable-next-line no-await-in-loop -- one call at a time
        const response = await fetch(`${server.url}${communication}/${path}`, {
          method,
          headers: {
            "content-type": "application/json",
            ...(authorization !== undefined && { authorization }),
          },
          ...("body" in rest && { body: JSON.stringify(rest.body) }),
        });
        const type = response.headers.get("content-type");
        // oxlint-disable-next-line no-await-in-loop -- likewise
        const problem = (await response.json()) as { code: string };
        const code = kind === "expired" ? "token-expired" : "unauthorized";
        expect({ kind, method, path, status: response.status, type, code: problem.code }).toEqual({
          kind,
          method,
          path,
          status: 401,
          type: "application/problem+json",
          code,
        });
      }
    }
  });

  test("a link with ?token= opens streams and nothing else [AUTH-2]", async () => {
    const url = `${server.url}${communication}/chats/conversations/?token=${jane.token}`;
    expect((await fetch(url)).status).toBe(401);
    await expect(jane.listen({ query: "token=nonsense" })).rejects.toThrow("401");
  });
});

describe("pages of other origins", () => {
  function preflight(origin: string): Promise<Response> {
    return fetch(`${server.url}${communication}/chats/`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
  }

  test("on the list are let in by name [CORS-1]", async () => {
    const origin = "http://localhost:3000";
    const answer = await preflight(origin);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    const allowed = answer.headers.get("access-control-allow-headers")?.toLowerCase();
    expect(allowed).toContain("authorization");
    expect(allowed).toContain("content-type");
    const call = await jane.call("chats/unread-count/", { headers: { origin } });
    expect(call.headers.get("access-control-allow-origin")).toBe(origin);
    const stream = await fetch(`${server.url}${communication}/sse/events/?token=${jane.token}`, {
      headers: { origin },
    });
    expect(stream.headers.get("access-control-allow-origin")).toBe(origin);
    await stream.body?.cancel();
  });

  test("beyond it are not [CORS-1]", async () => {
    const origin = "https://evil.example";
    const answer = await preflight(origin);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    const call = await jane.call("chats/unread-count/", { headers: { origin } });
    expect(call.headers.get("access-control-allow-origin")).toBeNull();
  });
});

test("sends beyond the limit wait for their turn [SEND-5]", async () => {
  const body = { receiver_id: john.id, message: "Again" };
  const spammer = await signIn(server, { id: 6_001, username: "spammer", name: "Spammer" });
  const answers = await Promise.all(
    Array.from({ length: 80 }, () => spammer.call("chats/", { body })),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(20);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused[0]?.json()).toMatchObject({ code: "rate-limited" });
});

test("what is wrong with a request is said with a stable code [ERR-1]", async () => {
  const wrong = [
    { path: "chats/", body: { receiver_id: john.id, message: "  " }, code: "empty-message" },
    { path: "chats/", body: { receiver_id: jane.id, message: "Me" }, code: "receiver-is-sender" },
    { path: "chats/", body: { message: "To whom?" }, code: "invalid-request" },
    { path: "chats/", body: { receiver_id: 99_999, message: "Hello?" }, code: "not-found" },
    { path: "chats/mark-read/", body: {}, code: "invalid-request" },
    { path: "chats/typing/", body: { receiver_id: john.id }, code: "invalid-request" },
  ];
  for (const { path, body, code } of wrong) {
    // oxlint-disable-next-line no-await-in-loop -- one call at a time
    const response = await jane.call(path, { body });
    // oxlint-disable-next-line no-await-in-loop -- likewise
    expect(await response.json()).toMatchObject({ code, status: response.status });
  }
});

test("health is answered without a token", async () => {
  const response = await fetch(`${server.url}/health`);
  expect(await response.json()).toMatchObject({ status: "ok", version: expect.any(String) });
});
