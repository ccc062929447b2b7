import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatPath, serviceKey } from "../support/http-rig.ts";
import { routeCases } from "./routes.ts";
import { callWell, essence, everyCall, openScene } from "./scene.ts";
import type { NamedCall, Scene } from "./scene.ts";

let scene: Scene;
/** The good calls of Carol, made anew for each test that has them. */
let calls: NamedCall[];

beforeAll(async () => {
  scene = await openScene();
  calls = everyCall(scene.mine);
});
afterAll(() => scene.rig.close());
beforeEach(() => {
  scene.hubCalls.length = 0;
  scene.opened.length = 0;
});

const secret = new TextEncoder().encode("a secret that only the tests know 0123456789");
const upgrade = { Upgrade: "websocket" };
const doors = ["/api/auth/me", `${chatPath}/sse/events/`, "/ws/chat/", "/ws/messaging/"];
const streams = doors.slice(1);

interface Knock {
  headers?: Record<string, string>;
  query?: string;
}

/** What one is told at a door; of a good answer only that it was one. */
async function knock(path: string, { headers = {}, query = "" }: Knock): Promise<unknown> {
  const response = await scene.call(path + query, { headers: { ...upgrade, ...headers } });
  if (response.status === 200) {
    await response.body?.cancel();
    return [200, "in"];
  }
  return [response.status, ((await response.json()) as { code: string }).code];
}

async function expectNothingDone(rows: string): Promise<void> {
  expect(scene.hubCalls).toEqual([]);
  expect(scene.opened).toEqual([]);
  expect(await scene.rig.readRows()).toBe(rows);
}

function sign(claims: object, key = secret): Promise<string> {
  const { id } = scene.rig.carol.person;
  return new SignJWT({ user_id: String(id), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(key);
}

const seconds = (ahead: number): number => Math.floor(Date.now() / 1_000) + ahead;

describe("who has shown nothing", () => {
  test("is refused by every route that is not for everyone, before anything is done [AUTH-1] [AUTH-5] [WS-1]", async () => {
    const rows = await scene.rig.readRows();
    for (const { route, access, path, call } of calls) {
      if (access === "everyone" || access === "link") continue;
      const { Authorization: _, ...headers } = call.headers ?? {};
      const { status } = await scene.call(path, { ...call, headers });
      expect([route, status]).toEqual([route, 401]);
    }
    await expectNothingDone(rows);
  });

  test("is not let in by a cookie, a form's field or a proxy's word [AUTH-1]", async () => {
    const rows = await scene.rig.readRows();
    const { token } = scene.rig.carol;
    const headers = {
      Cookie: `token=${token}; Authorization=Bearer ${token}; session=${token}`,
      "X-Auth-Token": token,
      "X-Forwarded-User": "carol",
      "X-Forwarded-Authorization": `Bearer ${token}`,
      "Parley-Socket": encodeURIComponent('{"info":{"surface":"bridge"},"lastEventId":null}'),
    };
    for (const { route, access, path, call } of calls) {
      if (access === "everyone" || access === "link" || access === "service") continue;
      const { status } = await scene.call(path, {
        ...call,
        headers: { ...call.headers, ...headers },
      });
      expect([route, status]).toEqual([route, 401]);
    }
    await expectNothingDone(rows);
  });
});

describe("a credential", () => {
  test.each<[string, () => Promise<string> | string, unknown]>([
    ["a good Bearer token", () => `Bearer ${scene.rig.carol.token}`, [200, "in"]],
    ["a good Token token", () => `Token ${scene.rig.carol.token}`, [200, "in"]],
    ["nothing", () => "", [401, "unauthorized"]],
    ["garbage", () => "Bearer a.b.c", [401, "unauthorized"]],
    ["another scheme", () => `Basic ${scene.rig.carol.token}`, [401, "unauthorized"]],
    [
      "an expired token",
      async () => `Bearer ${await sign({ exp: seconds(-60) })}`,
      [401, "token-expired"],
    ],
    [
      "a token of tomorrow",
      async () => `Bearer ${await sign({ exp: seconds(9_000), nbf: seconds(8_000) })}`,
      [401, "unauthorized"],
    ],
    ["a token without an end", async () => `Bearer ${await sign({})}`, [401, "unauthorized"]],
    [
      "a token by another secret",
      async () => `Bearer ${await sign({ exp: seconds(60) }, new Uint8Array(32))}`,
      [401, "unauthorized"],
    ],
    ["the service key", () => `Bearer ${serviceKey}`, [401, "unauthorized"]],
    [
      "a ticket in a token's place",
      async () => `Bearer ${await ticketOf(scene)}`,
      [401, "unauthorized"],
    ],
    ["a token of 100 KB", () => `Bearer ${"a".repeat(100_000)}`, [401, "unauthorized"]],
  ])(
    "that is %s means the same over HTTP, SSE and both sockets [AUTH-1] [WS-1]",
    async (_, make, outcome) => {
      const Authorization = await make();
      for (const door of doors) {
        const answer = await knock(door, { headers: { Authorization } });
        expect([door, answer]).toEqual([door, outcome]);
      }
    },
  );

  test("in an address opens streams and nothing else, and none where that is off [AUTH-2]", async () => {
    const rows = await scene.rig.readRows();
    const { token } = scene.rig.carol;
    for (const query of [`token=${token}`, `ticket=${await ticketOf(scene)}`]) {
      for (const { route, access, path, call } of calls) {
        if (access !== "token") continue;
        const url = `${path}${path.includes("?") ? "&" : "?"}${query}`;
        expect([route, (await scene.call(url, call)).status]).toEqual([route, 401]);
      }
      for (const door of streams)
        expect(await knock(door, { query: `?${query}` })).toEqual([200, "in"]);
    }
    scene.hubCalls.length = scene.opened.length = 0;
    const off = scene.rig.appWith({
      config: { queryToken: false },
      options: { openSocket: async () => new Response("opened") },
    });
    for (const door of streams) {
      const response = await off.call(`${door}?token=${token}`, { headers: upgrade });
      expect([door, response.status]).toEqual([door, 401]);
    }
    await expectNothingDone(rows);
  });

  test("is in no answer, header or line of the log, wherever it was put [AUTH-2] [ERR-3]", async () => {
    const { token } = scene.rig.carol;
    const nbf = seconds(8_000);
    const good = await sign({ exp: seconds(600), jti: "canary" });
    for (const canary of [token, good, await sign({ exp: seconds(9_000), nbf }), "canary-x.y.z"]) {
      for (const { route, path, call } of calls) {
        const url = `${path}${path.includes("?") ? "&" : "?"}token=${canary}&ticket=${canary}`;
        for (const request of [
          call,
          { ...call, headers: { ...call.headers, Authorization: `Bearer ${canary}` } },
        ]) {
          const response = await scene.call(url, request);
          const seen = JSON.stringify([...response.headers]) + (await essence(response)).body;
          expect([route, seen.includes(canary)]).toEqual([route, false]);
          expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
        }
      }
      expect(JSON.stringify(scene.rig.logged)).not.toContain(canary);
    }
  });
});

/** Made by the issuer, so that the limit of tickets does not count. */
function ticketOf({ rig }: Scene): Promise<string> {
  return rig.ports.issuer.issueTicket(rig.carol.person, seconds(600));
}

describe("headers that only a server may set", () => {
  test("change nothing of any answer [AUTH-1]", async () => {
    const spoofed = {
      "X-User-Id": String(scene.rig.alice.person.id),
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Prefix": "/evil",
      Forwarded: "for=127.0.0.1;host=evil.example;proto=https",
      "X-Real-IP": "127.0.0.1",
      "CF-Connecting-IP": "127.0.0.1",
      "True-Client-IP": "127.0.0.1",
      "X-Original-URL": "/api/auth/me",
      "X-Rewrite-URL": "/api/auth/me",
      "X-HTTP-Method-Override": "GET",
      "X-Parley-User": "1",
      "Parley-Socket": "%7B%7D",
    };
    for (const call of calls) {
      // What is stored differs by its number; only questions answer the same twice.
      if (call.call.method !== undefined) continue;
      const plain = await essence(await callWell(scene, scene.rig.carol, call));
      const headers = { ...call.call.headers, ...spoofed };
      const other = { ...call, call: { ...call.call, headers } };
      const answer = await essence(await callWell(scene, scene.rig.carol, other));
      expect([call.route, answer]).toEqual([call.route, plain]);
      expect(answer.body).not.toContain("evil.example");
    }
  });

  test("give no attempt at a password a new address [AUTH-6]", async () => {
    const app = scene.rig.appWith({});
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const address = `10.1.1.${i}`;
      const headers = {
        "CF-Connecting-IP": address,
        "X-Forwarded-For": address,
        "X-Real-IP": address,
      };
      const json = { username: "spoofed", password: "wrong horse" };
      statuses.push((await app.call("/api/auth/login", { json, headers })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
  });
});

test("the only routes for everyone are those that show nothing of anyone", () => {
  const free = Object.entries(routeCases).filter(([, { access }]) => access === "everyone");
  expect(free.map(([route]) => route)).toEqual([
    "POST /api/auth/register",
    "POST /api/auth/login",
    "GET /api/auth",
    "GET /health",
    "GET /api/openapi.json",
    "GET /api/asyncapi.json",
    "GET /api/docs",
    "GET /api/docs/init.js",
  ]);
});
