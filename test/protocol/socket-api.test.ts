import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DurableEvent, Signal } from "../../src/protocol/event.ts";
import {
  socketAnswers,
  socketFrameSchemas,
  socketSurfaces,
  type SocketFrameType,
} from "../../src/protocol/socket-api.ts";
import { encodeFrame, type LoggedFrame } from "../../src/protocol/socket-frames.ts";
import { socketRequestSchemas } from "../../src/protocol/socket-requests.ts";
import { createHubHost } from "../../src/usecases/host-hub.ts";
import { createSocketServer } from "../../src/usecases/serve-socket.ts";
import { createFakeConnection } from "../support/fake-connection.ts";
import { openHttpRig, type Guest, type HttpRig } from "../support/http-rig.ts";
import { createHubRig, start } from "../support/hub-rig.ts";
import { alice, bob, sampleEvent, withCount } from "../support/sample.ts";

type Frame = { type: SocketFrameType } & Record<string, unknown>;

const at = "2026-01-09T10:30:00.000Z";
const attachment = {
  id: "0".repeat(32),
  kind: "image" as const,
  name: "a.png",
  contentType: "image/png",
  size: 5,
};
const read = { type: "read" as const, conversationId: 1, messageIds: [101], readAt: at };

const events: [string, DurableEvent][] = [
  ["a message from someone", sampleEvent(1)],
  ["a message with a file", sampleEvent(2, { text: "", attachment })],
  ["a message of one's own", sampleEvent(3, { sender: bob, receiver: alice, clientId: "c" })],
  ["a message and a count", withCount(sampleEvent(4), 3)],
  ["someone's reading", { ...read, reader: alice }],
  ["one's own reading", { ...read, reader: bob, unread: { count: 2, version: 9 } }],
  [
    "a delivery",
    { type: "delivered", conversationId: 1, receiverId: 1, messageIds: [101], deliveredAt: at },
  ],
  [
    "a notification",
    {
      type: "notification",
      id: "n1",
      title: "New Notice",
      message: "Class cancelled",
      notificationType: "notice",
      data: { room: { floor: 2 } },
      createdAt: at,
    },
  ],
];

const signals: [string, Signal][] = [
  ["typing", { type: "typing", sender: alice, isTyping: true }],
  ["coming", { type: "presence", userId: 1, isOnline: true, lastSeen: null }],
  ["going", { type: "presence", userId: 1, isOnline: false, lastSeen: at }],
];

const logged: [string, LoggedFrame][] = [
  ["ready", { kind: "ready", id: "e-1" }],
  ["an unknown place", { kind: "reset", id: "e-1", reason: "unknown-cursor" }],
  ["a log that is too short", { kind: "reset", id: "e-1", reason: "log-too-short" }],
  ...signals.map(([name, signal]): [string, LoggedFrame] => [name, { kind: "signal", signal }]),
  ...events.map(([name, event]): [string, LoggedFrame] => [
    name,
    { kind: "event", id: "e-1", body: JSON.stringify(event), texts: {} },
  ]),
];

/** A schema drops what it does not know, so that only a frame which is described in full comes out as it went in. */
function expectDescribed(frame: Frame): void {
  expect(Object.keys(socketFrameSchemas)).toContain(frame.type);
  expect(socketFrameSchemas[frame.type].parse(frame)).toEqual(frame);
}

describe.each(["chat", "messaging"] as const)("what a hub says on /ws/%s/", (surface) => {
  it.each(logged)("is described for %s [DOCS-1]", (_, frame) => {
    const context = { viewerId: bob.id, linkTo: () => "https://chat.example.com/file" };
    const said = JSON.parse(encodeFrame(surface, frame, context)) as Frame;
    expectDescribed(said);
    expect(socketSurfaces[surface].frames).toContain(said.type);
  });
});

describe.each(["chat", "messaging"] as const)("a message on /ws/%s/", (surface) => {
  const said = (event: DurableEvent): Frame => {
    const frame = { kind: "event", id: "e-1", body: JSON.stringify(event), texts: {} } as const;
    return JSON.parse(encodeFrame(surface, frame, { viewerId: bob.id, linkTo: () => "" })) as Frame;
  };

  it("tells its receiver the count, where the log knows it, and nobody else [UNREAD-3]", () => {
    expect(said(withCount(sampleEvent(1), 3))).toMatchObject({ unread_count: 3, event_id: "e-1" });
    expect(said(withCount(sampleEvent(1), 0))).toMatchObject({ unread_count: 0 });
    expect(said(sampleEvent(1))).not.toHaveProperty("unread_count");
    const own = sampleEvent(1, { sender: bob, receiver: alice });
    expect(said(withCount(own, 3))).not.toHaveProperty("unread_count");
  });
});

describe("an answer", () => {
  let rig: HttpRig;
  let partner: number;

  beforeAll(async () => {
    rig = await openHttpRig();
    partner = rig.bob.person.id;
  });
  afterAll(() => rig.close());

  /** What a socket's frames are answered with by its own hub. */
  async function ask({ person }: Guest, ...requests: unknown[]): Promise<Frame[]> {
    const said: object[] = [];
    const { hub } = createHubRig({ userId: person.id });
    const say = (frame: object) => said.push(frame);
    const connection = Object.assign(createFakeConnection("c1", start), { say });
    hub.open(connection, start);
    const ports = { ...rig.ports, userId: person.id, hub };
    const server = createSocketServer({ ...ports, host: createHubHost(ports) });
    const asker = { person, linkTo: () => "https://chat.example.com/file" };
    for (const request of requests) {
      // oxlint-disable-next-line no-await-in-loop -- the answers come in this order
      await server.receive(connection, asker, JSON.stringify(request));
    }
    return JSON.parse(JSON.stringify(said)) as Frame[];
  }

  it("to each request is described, with its ref and without [DOCS-1] [WS-2]", async () => {
    const send = { recipient_id: partner, text: "Hello" };
    const requests = [
      { type: "message", ...send },
      { type: "send", ...send, client_id: "one" },
      { type: "read", sender_id: partner },
      { type: "open_conversation", user_id: partner },
      { type: "list_conversations" },
      { type: "presence" },
      { type: "ping" },
    ] as const;
    const expected = requests.flatMap(({ type }) => socketAnswers[type]);
    expect(expected).toHaveLength(requests.length);
    for (const extra of [{}, { ref: 7 }, { ref: "seven" }]) {
      // oxlint-disable-next-line no-await-in-loop -- one socket after the other
      const answers = await ask(rig.alice, ...requests.map((each) => ({ ...each, ...extra })));
      expect(answers.map(({ type }) => type)).toEqual(expected);
      expect(answers).toEqual(answers.map((answer) => ({ ...answer, ...extra })));
      for (const answer of answers) expectDescribed(answer);
    }
  });

  it("with a further page is described [DOCS-1]", async () => {
    await ask(rig.carol, { type: "message", recipient_id: partner, text: "Hello" });
    const list = { type: "list_conversations", limit: 1 };
    const [first] = await ask(rig.bob, list);
    expect(first).toMatchObject({ next_cursor: expect.any(String) });
    const [second] = await ask(rig.bob, { ...list, cursor: first?.["next_cursor"] });
    expect(second).toMatchObject({ results: [{ id: expect.any(Number) }] });
    for (const page of [first, second]) expectDescribed(page!);
  });

  it.each<[string, unknown, string]>([
    ["no object", [], "invalid-frame"],
    ["an unknown type", { type: "shout", ref: 1 }, "invalid-frame"],
    ["a wrong field", { type: "typing", ref: "x" }, "invalid-frame"],
    ["a text of nothing", { type: "message", recipient_id: 1, text: "" }, "empty-message"],
    ["nobody", { type: "message", recipient_id: 999_999, text: "hi" }, "not-found"],
  ])("to %s is an error that is described [DOCS-1]", async (_, request, code) => {
    const [error] = await ask(rig.carol, request);
    expect(error).toMatchObject({ type: "error", code });
    expectDescribed(error!);
  });

  it("to too many sends says when to come back [DOCS-1] [SEND-5]", async () => {
    const { limiter } = rig.ports;
    rig.ports.limiter = { take: () => ({ allowed: false, retryAfterMs: 200 }) };
    const send = { type: "send", recipient_id: partner, text: "hi" };
    const [error] = await ask(rig.alice, send).finally(() => (rig.ports.limiter = limiter));
    expect(error).toMatchObject({ code: "rate-limited", retry_after_ms: 200 });
    expectDescribed(error!);
  });
});

/** The types in the first column of a table, and those that its arrows lead to. */
async function tableOf(heading: string): Promise<{ types: string[]; answers: string[] }> {
  const path = resolve(import.meta.dirname, "../../src/protocol/PROTOCOL.md");
  const text = await readFile(path, "utf8");
  const [, table = ""] = text.split(`| ${heading} | fields |\n|---|---|\n`);
  const rows = (table.split("\n\n")[0] ?? "").split("\n");
  const wordsOf = (cell: string) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = ""]) => word);
  return {
    types: rows.flatMap((row) => wordsOf(row.split(" | ")[0] ?? "")),
    answers: rows.flatMap((row) => wordsOf(/→ `[a-z_]+`/.exec(row)?.[0] ?? "")),
  };
}

describe("the protocol's tables", () => {
  it("name every frame that is described, and no other [DOCS-1]", async () => {
    const asked = await tableOf("from the client");
    const said = await tableOf("from the server");
    expect(asked.types.toSorted()).toEqual(Object.keys(socketRequestSchemas).toSorted());
    const frames = new Set([...said.types, ...asked.answers]);
    expect([...frames].toSorted()).toEqual(Object.keys(socketFrameSchemas).toSorted());
  });
});
