import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFrameRig } from "../support/frame-rig.ts";
import { frameCases } from "./frames.ts";
import { callWell, everyCall, openScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.rig.close());

type Fields = Record<string, unknown>;

/** What a message is made of that no client may say. */
const claims = {
  id: 1,
  uuid: "00000000-0000-4000-8000-000000000000",
  message_id: 1,
  seq: 1_000_000,
  sender: 1,
  sender_id: 1,
  sender_name: "Mallory",
  user_id: 1,
  conversation: 1,
  created_at: "1999-01-01T00:00:00.000Z",
  timestamp: "1999-01-01T00:00:00.000Z",
  is_read: true,
  read_at: "1999-01-01T00:00:00.000Z",
  delivered_at: "1999-01-01T00:00:00.000Z",
  attachment_url: "https://evil.example/",
  attachment_type: "image",
  is_admin: true,
};

describe("what only the server may say", () => {
  test("is ignored on every way to send, as JSON, as a form and as a frame [WIRE-2]", async () => {
    const sends = everyCall(scene.mine).filter(
      ({ route, names }) => /^POST .*(chats|messages)$/.test(route) && names !== null,
    );
    expect(sends).toHaveLength(6);
    const answers: Fields[] = [];
    for (const call of sends) {
      const { json, body } = call.call;
      const form = new TextDecoder().decode(body as Uint8Array | undefined);
      const extra = Object.entries(claims)
        .slice(3, 8)
        .map(
          ([name, value]) =>
            `------parley-test-boundary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        .join("");
      const sent = json
        ? { json: { ...claims, ...json } }
        : { body: new TextEncoder().encode(extra + form) };
      const response = await callWell(scene, scene.rig.carol, {
        ...call,
        call: { ...call.call, ...sent },
      });
      expect([call.route, response.status]).toEqual([call.route, 201]);
      answers.push((await response.json()) as Fields);
    }
    for (const type of ["message", "send"] as const) {
      for (const { frame } of frameCases[type](scene.mine)) {
        const { ask } = createFrameRig(scene.ports, scene.rig.carol.person);
        await ask({ ...claims, ...frame });
        const path = `/api/messaging/conversations/${scene.mine.conversationId}/messages/?limit=1`;
        const page = await scene.call(path, { as: scene.rig.carol });
        const { results } = (await page.json()) as { results: Fields[] };
        answers.push(results[0]!);
      }
    }
    expect(new Set(answers.map(({ seq }) => seq)).size).toBe(10);
    expect(answers).toHaveLength(10);
    for (const answer of answers) {
      const sender = answer["sender_id"];
      const told = [sender, answer["is_read"], answer["read_at"], answer["delivered_at"]];
      expect(told).toEqual([scene.rig.carol.person.id, false, null, null]);
      expect(Number(answer["seq"])).toBeLessThan(1_000_000);
      expect(JSON.stringify(answer)).not.toMatch(/1999|Mallory|evil|00000000-0000|is_admin/);
    }
  });

  test("is ignored where one signs up: neither an id nor a role is anyone's to choose [WIRE-2] [AUTH-6]", async () => {
    const json = {
      username: "chooser",
      password: "correct horse",
      ...claims,
      external_id: "host-1",
    };
    const response = await scene.call("/api/auth/register", { json });
    const { user } = (await response.json()) as { user: Fields };
    expect(Object.keys(user).toSorted()).toEqual(["avatar", "full_name", "id", "username"]);
    expect(user).toMatchObject({ username: "chooser", full_name: "", avatar: null });
    expect(user["id"]).not.toBe(1);
  });
});

describe("a rule of sending", () => {
  test.each<[string, Fields, string]>([
    ["no empty text", { text: " \u200B " }, "empty-message"],
    ["at most 4,000 characters", { text: "x".repeat(4_001) }, "text-too-long"],
    ["no NUL", { text: "a\u0000b" }, "invalid-request"],
    ["not to oneself", { to: "self" }, "receiver-is-sender"],
    ["only to who is there", { to: "nobody" }, "not-found"],
    ["one text for one client_id", { text: "another", clientId: "taken" }, "idempotency-conflict"],
  ])("holds over HTTP as on sockets: %s [SEND-2] [SEND-4] [PRIV-1]", async (_, given, code) => {
    const { rig, mine, ports } = scene;
    const { carol } = rig;
    const ids: Fields = { self: carol.person.id, nobody: 999_999_999 };
    const receiver = ids[String(given["to"])] ?? mine.userId;
    const text = given["text"] ?? "hello";
    const clientId = given["clientId"];
    const taken = { receiver_id: mine.userId, message: "the first", client_id: "taken" };
    await scene.call("/api/v1/communication/chats/", { as: carol, json: taken });
    const id = clientId === undefined ? {} : { client_id: clientId };
    const codes = [];
    const posts: [string, Fields][] = [
      ["/api/v1/communication/chats/", { receiver_id: receiver, message: text, ...id }],
      ["/api/messaging/messages/", { recipient_id: receiver, text, ...id }],
    ];
    for (const [path, json] of posts) {
      const response = await scene.call(path, { as: carol, json });
      codes.push(((await response.json()) as Fields)["code"]);
    }
    for (const type of ["message", "send"]) {
      const { ask } = createFrameRig(ports, carol.person);
      const [answer] = await ask({ type, recipient_id: receiver, text, ...id });
      codes.push(answer?.["code"]);
    }
    expect(codes).toEqual([code, code, code, code]);
  });
});
