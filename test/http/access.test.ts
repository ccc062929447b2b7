import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

const routes: [string, string][] = [
  ["GET", `${chatPath}/chats/conversations/`],
  ["GET", `${chatPath}/chats/conversation/1/`],
  ["POST", `${chatPath}/chats/`],
  ["POST", `${chatPath}/chats/mark-read/`],
  ["POST", `${chatPath}/chats/typing/`],
  ["GET", `${chatPath}/chats/unread-count/`],
  ["GET", `${chatPath}/chats/online-users/`],
  ["GET", "/api/auth/me"],
  ["GET", "/api/auth/people/"],
  ["POST", "/api/auth/ticket"],
];

describe("a token", () => {
  it.each(routes)("is needed for %s %s, before anything is read [AUTH-1]", async (method, path) => {
    const response = await rig.call(path, { method, ...(method === "POST" && { body: "{" }) });
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await problemOf(response)).toMatchObject({ status: 401, code: "unauthorized" });
  });

  it.each(routes)("in the address is none for %s %s [AUTH-2]", async (method, path) => {
    const response = await rig.call(`${path}?token=${rig.alice.token}`, { method });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(rig.alice.token);
  });

  it.each(["Bearer", "Token", "bearer", "TOKEN"])("is taken as %s [AUTH-1]", async (scheme) => {
    const headers = { Authorization: `${scheme} ${rig.alice.token}` };
    const response = await rig.call("/api/auth/me", { headers });
    expect(await response.json()).toEqual({
      id: rig.alice.person.id,
      username: "alice",
      full_name: "Alice Moreau",
      avatar: null,
    });
  });

  it.each(["Basic X", "Bearer", "Bearer  two-spaces", "X", "Bearer a b", "Bearer null"])(
    "is none as %j [AUTH-1]",
    async (value) => {
      const headers = { Authorization: value.replace("X", rig.alice.token) };
      expect((await rig.call("/api/auth/me", { headers })).status).toBe(401);
    },
  );

  it("says who asks, whatever other headers say [AUTH-1]", async () => {
    const headers = {
      "X-User-Id": String(rig.bob.person.id),
      "X-Forwarded-User": "bob",
      "X-HTTP-Method-Override": "DELETE",
    };
    const response = await rig.call("/api/auth/me", { as: rig.alice, headers });
    expect(await response.json()).toMatchObject({ id: rig.alice.person.id });
  });

  it("is traded for a ticket that expires in 30 seconds [AUTH-2]", async () => {
    const response = await rig.call("/api/auth/ticket", { method: "POST", as: rig.alice });
    expect(response.status).toBe(200);
    const { ticket, expires_in } = (await response.json()) as Record<string, string>;
    expect(expires_in).toBe(30);
    expect(await rig.ports.issuer.verifyTicket(ticket!)).toMatchObject({
      person: rig.alice.person,
    });
  });
});

describe("an account", () => {
  const register = (json: object) => rig.call("/api/auth/register", { json });
  const login = (json: object) => rig.call("/api/auth/login", { json });

  it("signs up, logs in and is known from then on [AUTH-6]", async () => {
    const account = { username: "dora", password: "correct horse", full_name: "Dora Winter" };
    const registered = await register(account);
    expect(registered.status).toBe(201);
    const { user } = (await registered.json()) as { user: { id: number } };
    expect(user).toMatchObject({ username: "dora", full_name: "Dora Winter", avatar: null });
    const loggedIn = await login(account);
    expect(loggedIn.status).toBe(200);
    const { token } = (await loggedIn.json()) as { token: string };
    const headers = { Authorization: `Token ${token}` };
    expect(await (await rig.call("/api/auth/me", { headers })).json()).toEqual(user);
  });

  it("is taken only once, whatever the case of its name [AUTH-6]", async () => {
    await register({ username: "Emil", password: "correct horse" });
    const again = await register({ username: "emil", password: "other horse" });
    expect(await problemOf(again)).toMatchObject({ status: 409, code: "username-taken" });
  });

  it("is not told apart from an unknown one by a wrong password [AUTH-6]", async () => {
    await register({ username: "fritz", password: "correct horse" });
    const wrong = await problemOf(await login({ username: "fritz", password: "wrong horse" }));
    const unknown = await problemOf(await login({ username: "nobody", password: "wrong horse" }));
    expect(wrong).toMatchObject({ status: 401, code: "wrong-credentials" });
    expect({ ...wrong, request_id: "" }).toEqual({ ...unknown, request_id: "" });
  });

  it.each<[string, object]>([
    ["a short name", { username: "ab", password: "correct horse" }],
    ["a long name", { username: "a".repeat(33), password: "correct horse" }],
    ["a name with a space", { username: "a b c", password: "correct horse" }],
    ["a short password", { username: "gerda", password: "1234567" }],
    ["a long password", { username: "gerda", password: "x".repeat(129) }],
    ["no password", { username: "gerda" }],
    ["an object as name", { username: { $ne: 1 }, password: "correct horse" }],
    ["a hidden character", { username: "gerda", password: "correct horse", full_name: "a\u202eb" }],
  ])("is refused with %s [ERR-1]", async (_name, json) => {
    expect(await problemOf(await register(json))).toMatchObject({
      status: 400,
      code: "invalid-request",
    });
  });

  describe("of someone else", () => {
    const attempt = async (username: string, address: string | null) => {
      const app = rig.appWith({
        options: { clientAddress: (request) => request.headers.get("X-Test-Address") },
      });
      const json = { username, password: "wrong horse" };
      const headers = {
        "X-Forwarded-For": crypto.randomUUID(),
        ...(address !== null && { "X-Test-Address": address }),
      };
      return (await app.call("/api/auth/login", { json, headers })).status;
    };
    const times = (count: number) => Array.from({ length: count }, (_, i) => i);

    it("cannot be guessed quickly at one name, and its owner gets in meanwhile [AUTH-6]", async () => {
      await Promise.all(times(10).map(() => attempt("henry", "10.0.0.1")));
      expect(await attempt("Henry", "10.0.0.1")).toBe(429);
      expect(await attempt("henry", "10.0.0.2")).toBe(401);
      expect(await attempt("other", "10.0.0.1")).toBe(401);
    });

    it("cannot be guessed quickly at many names from one address [AUTH-6]", async () => {
      await Promise.all(times(30).map((i) => attempt(`name-${i}`, "10.0.2.1")));
      expect(await attempt("name-30", "10.0.2.1")).toBe(429);
      expect(await attempt("name-30", "10.0.2.2")).toBe(401);
    });

    it("cannot be guessed quickly by someone of no known address [AUTH-6]", async () => {
      await Promise.all(times(10).map(() => attempt("hilda", null)));
      expect(await attempt("hilda", null)).toBe(429);
    });
  });

  it("does not exist where accounts are off [AUTH-6]", async () => {
    const app = rig.appWith({ config: { accounts: false } });
    const json = { username: "ida", password: "correct horse" };
    const answers = await Promise.all(
      ["/api/auth/register", "/api/auth/login"].map((path) => app.call(path, { json })),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe("other people's things", () => {
  it("are 404 or passed over, and nobody's hub hears of them [PRIV-1]", async () => {
    const secret = await rig.call(`${chatPath}/chats/`, {
      as: rig.alice,
      json: { receiver_id: rig.bob.person.id, message: "secret" },
    });
    const { id, conversation_id } = (await secret.json()) as Record<string, number>;
    rig.hubs.delivered.length = 0;
    const mark = (json: object) =>
      rig.call(`${chatPath}/chats/mark-read/`, { as: rig.carol, json });
    expect((await mark({ conversation_id })).status).toBe(404);
    expect(await (await mark({ message_ids: [id] })).json()).toMatchObject({ marked_count: 0 });
    const history = await rig.call(
      `${chatPath}/chats/conversation/${rig.bob.person.id}/?before_id=${id! + 1}`,
      { as: rig.carol },
    );
    expect(await history.text()).not.toContain("secret");
    expect(rig.hubs.delivered).toEqual([]);
  });
});
