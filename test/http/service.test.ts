import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpRig, problemOf, serviceKey } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;
const headers = { Authorization: `Bearer ${serviceKey}` };

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

const put = (json: unknown) => rig.call("/api/service/users", { method: "PUT", headers, json });
const notify = (json: unknown) => rig.call("/api/service/notifications", { headers, json });
const notice = { title: "New Notice", message: "Class cancelled", notification_type: "notice" };

describe("a service call", () => {
  it.each<[string, string]>([
    ["POST", "/api/service/notifications"],
    ["PUT", "/api/service/users"],
    ["GET", "/health/services"],
  ])("needs the service key: %s %s [AUTH-5]", async (method, path) => {
    const answers = await Promise.all([
      rig.call(path, { method }),
      rig.call(path, { method, as: rig.alice }),
      rig.call(path, { method, headers: { Authorization: `Bearer ${serviceKey}x` } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    const app = rig.appWith({ config: { serviceKey: null } });
    expect((await app.call(path, { method, headers })).status).toBe(404);
  });

  it("is no login: the key is no user's token [AUTH-5]", async () => {
    expect((await rig.call("/api/auth/me", { headers })).status).toBe(401);
  });
});

describe("users", () => {
  it("are created and brought up to date, one or many [USER-1]", async () => {
    const one = await put({ external_id: 4_711, username: "ivo", full_name: "Ivo" });
    expect(one.status).toBe(200);
    const { users } = (await one.json()) as { users: Record<string, unknown>[] };
    expect(users).toEqual([
      { id: 4_711, username: "ivo", full_name: "Ivo", avatar: null, external_id: "4711" },
    ]);
    const avatar = "https://cdn.example.com/ivo.jpg";
    const many = await put([{ external_id: "4711", avatar }, { external_id: "school-5" }]);
    expect(await many.json()).toMatchObject({
      users: [
        { id: 4_711, full_name: "Ivo", avatar },
        { external_id: "school-5", username: "user-school-5" },
      ],
    });
  });

  it("are called by their id where they have no name, without what turns it around [USER-1]", async () => {
    const response = await put({ external_id: "a\u202eb\u2066c\nd" });
    const { users } = (await response.json()) as { users: object[] };
    expect(users).toMatchObject([{ username: "user-abcd", external_id: "a\u202eb\u2066c\nd" }]);
  });

  it.each<[string, unknown]>([
    ["nobody", []],
    ["101", Array.from({ length: 101 }, (_, i) => ({ external_id: `x${i}` }))],
    ["someone without an id", { username: "x" }],
    ["an empty id", { external_id: "" }],
    ["a picture that runs", { external_id: "1", avatar: "javascript:alert(1)" }],
    ["a picture of data", { external_id: "1", avatar: "data:text/html,x" }],
    ["a name that turns around", { external_id: "1", username: "a\u202eb" }],
  ])("are refused: %s [ERR-1]", async (_name, body) => {
    expect(await problemOf(await put(body))).toMatchObject({
      status: 400,
      code: "invalid-request",
    });
  });
});

describe("a notification", () => {
  it("reaches those who exist, by either id [NOTE-1]", async () => {
    await put({ external_id: "note-me" });
    rig.hubs.delivered.length = 0;
    const ids = { user_ids: [rig.alice.person.id, "999999999"], external_ids: ["note-me", "none"] };
    const response = await notify({ ...notice, ...ids, data: { room: 5 }, id: "n-1" });
    expect(response.status).toBe(200);
    const { success, delivered_to } = (await response.json()) as {
      success: boolean;
      delivered_to: number[];
    };
    expect(success).toBe(true);
    expect(delivered_to).toHaveLength(2);
    expect(new Set(rig.hubs.delivered.map(({ userId }) => userId))).toEqual(new Set(delivered_to));
    expect(rig.hubs.delivered[0]!.event).toMatchObject({
      type: "notification",
      id: "n-1",
      title: "New Notice",
      notificationType: "notice",
      data: { room: 5 },
    });
  });

  it.each<[string, object]>([
    ["to nobody", {}],
    ["to 1,001", { user_ids: Array.from({ length: 1_001 }, (_, i) => i + 1) }],
    ["without a title", { user_ids: [1], title: "" }],
    ["of a strange type", { user_ids: [1], notification_type: "a b" }],
    ["with a list as data", { user_ids: [1], data: [] }],
    ["with 17 KiB of data", { user_ids: [1], data: { x: "y".repeat(17_000) } }],
    ["with 17 KiB of data in few characters", { user_ids: [1], data: { x: "é".repeat(8_500) } }],
  ])("%s is refused [ERR-1]", async (_name, change) => {
    expect(await problemOf(await notify({ ...notice, ...change }))).toMatchObject({
      status: 400,
      code: "invalid-request",
    });
  });
});

describe("health", () => {
  it("is answered whatever else is down [HEALTH-1]", async () => {
    const history = { ...rig.ports.history, listConversations: () => Promise.reject(new Error()) };
    const app = rig.appWith({ ports: { history } });
    const response = await app.call("/health");
    expect(await response.json()).toEqual({ status: "ok", version: "0.0.0-test" });
  });

  it("of the services is told in detail, and never waits long [HEALTH-1]", async () => {
    const app = rig.appWith({
      ports: {
        clock: { ...rig.ports.clock, sleep: () => rig.ports.clock.sleep(30) },
        services: [
          { name: "postgres", check: () => Promise.resolve("ready") },
          { name: "redis", check: () => Promise.reject(new Error("redis://:canary@host")) },
          { name: "hub", check: () => new Promise(() => undefined) },
        ],
      },
    });
    const response = await app.call("/health/services", { headers });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).not.toContain("canary");
    const { services } = JSON.parse(text) as { services: Record<string, unknown>[] };
    expect(services.map(({ name, ok }) => [name, ok])).toEqual([
      ["postgres", true],
      ["redis", false],
      ["hub", false],
    ]);
    expect((await rig.call("/health/services", { headers })).status).toBe(200);
  });

  it("of a service comes with the milliseconds that it took [HEALTH-1]", async () => {
    const { clock } = rig.ports;
    const check = async () => {
      await clock.sleep(50);
      return "ready";
    };
    const app = rig.appWith({ ports: { services: [{ name: "postgres", check }] } });
    const response = await app.call("/health/services", { headers });
    const { services } = (await response.json()) as { services: { ms: number }[] };
    expect(services).toEqual([
      { name: "postgres", ok: true, ms: expect.any(Number), detail: "ready" },
    ]);
    expect(services[0]!.ms).toBeGreaterThanOrEqual(45);
  });
});
