import { createParser } from "eventsource-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryRateLimiter } from "../../src/adapters/memory/rate-limiter.ts";
import { formatEvent, formatFrame } from "../../src/http/sse-events.ts";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import type { HubFrame } from "../../src/protocol/event.ts";
import { createFrameRig } from "../support/frame-rig.ts";
import { chatPath } from "../support/http-rig.ts";
import type { Guest } from "../support/http-rig.ts";
import { createHubRig } from "../support/hub-rig.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { alice, bob, sampleMessage } from "../support/sample.ts";
import { meet, openScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.rig.close());

/** The app with limits that count by a clock that stands still. */
function limited() {
  const clock = createManualClock(Date.now());
  const limiter = createMemoryRateLimiter(clock);
  const options = { openSocket: async () => new Response("opened") };
  const ports = { ...scene.ports, limiter };
  return { clock, ports, app: scene.rig.appWith({ ports, options }) };
}

const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("a flood", () => {
  test("of 1,000 typings is 429 after 20, over HTTP and sockets together [TYPE-2]", async () => {
    const { ports, app } = limited();
    const { carol } = scene.rig;
    const json = { receiver_id: scene.mine.userId, is_typing: true };
    const statuses: number[] = [];
    for (const _ of times(500)) {
      const response = await app.call(`${chatPath}/chats/typing/`, { as: carol, json });
      statuses.push(response.status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(new Set(statuses.slice(20))).toEqual(new Set([429]));
    const { ask, said } = createFrameRig(ports, carol.person);
    for (const _ of times(500))
      await ask({ type: "typing", recipient_id: scene.mine.userId, is_typing: true });
    expect(said).toHaveLength(500);
    expect(new Set(said.map(({ code }) => code))).toEqual(new Set(["rate-limited"]));
  });

  test("of typing to 10,000 whom one does not know asks no hub but one's own [TYPE-2] [PRIV-1]", async () => {
    const { ports, clock } = limited();
    const { carol } = scene.rig;
    const history: HistoryStore = {
      ...ports.history,
      listPartnerIds: async () => [scene.mine.userId],
    };
    const { ask } = createFrameRig({ ...ports, history }, carol.person);
    scene.hubCalls.length = 0;
    for (const index of times(10_000)) {
      clock.advance(1_000);
      await ask({ type: "typing", recipient_id: 5_000_000 + index, is_typing: true });
    }
    const own = carol.person.id;
    expect(
      scene.hubCalls.filter(({ userId }) => userId !== own && userId !== scene.mine.userId),
    ).toEqual([]);
    expect(scene.hubCalls.filter(({ method }) => method === "signal")).toEqual([]);
  });

  test("of 1,000 questions for presence on one socket is refused after the pace of frames [WS-3]", async () => {
    const { ports } = limited();
    const config = { ...ports.config, limits: { ...ports.config.limits, sendBurst: 20 } };
    const { ask, said } = createFrameRig({ ...ports, config }, scene.rig.carol.person);
    for (const _ of times(1_000)) await ask({ type: "presence" });
    expect(said.filter(({ type }) => type === "presence_list")).toHaveLength(60);
    expect(said.filter(({ code }) => code === "rate-limited")).toHaveLength(940);
  });

  test("of 200 connects by one user is 429 after 60, whatever they connect to [FLOW-2]", async () => {
    const { app } = limited();
    const doors = [`${chatPath}/sse/events/`, "/ws/chat/", "/ws/messaging/"];
    const headers = { Upgrade: "websocket", Accept: "application/problem+json" };
    const statuses: number[] = [];
    for (const index of times(200)) {
      const response = await app.call(doors[index % 3]!, { as: scene.rig.carol, headers });
      await response.body?.cancel();
      statuses.push(response.status);
    }
    expect(statuses).toEqual(times(200).map((index) => (index < 60 ? 200 : 429)));
    const other = await app.call("/ws/chat/", { as: scene.rig.bob, headers });
    expect(other.status).toBe(200);
  });

  test("of 1,000 connections of one user leaves the 20 newest [FLOW-2]", () => {
    const rig = createHubRig();
    const all = times(1_000).map(() => rig.join());
    expect(all.filter(({ isOpen }) => isOpen)).toEqual(all.slice(-20));
    const codes = new Set(all.slice(0, -20).map(({ closedWith }) => closedWith));
    expect(codes).toEqual(new Set([closeCodes.replaced]));
  });
});

describe("a frame that is too big", () => {
  test("closes its own socket with 1009 at 64 KiB + 1, 1 MiB and 31 MiB, four at once, and no other [WS-2]", async () => {
    const neighbour = createFrameRig(scene.ports, scene.rig.carol.person);
    for (const bytes of [64 * 1_024 + 1, 1_024 * 1_024, 31 * 1_024 * 1_024]) {
      const frame = `{"type":"ping","pad":"${"x".repeat(bytes - 24)}"}`;
      expect(frame).toHaveLength(bytes);
      const rigs = times(4).map(() => createFrameRig(scene.ports, scene.rig.bob.person));
      await Promise.all(rigs.map(({ ask }) => ask(frame)));
      expect(rigs.map(({ connection }) => connection.closedWith)).toEqual(times(4).map(() => 1009));
      expect(rigs.flatMap(({ said }) => said)).toEqual([]);
      expect(await neighbour.ask({ type: "ping", ref: bytes })).toEqual([
        { type: "pong", ref: bytes },
      ]);
    }
  });
});

describe("what somebody puts into a stream", () => {
  const breaks = [
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\u2028",
    "\u2029",
    "\u0085",
    "\u0000",
    "\uFEFF",
    "\v",
  ];
  const payloads = breaks.flatMap((end) => [
    `${end}event: message${end}data: {"forged":true}${end}${end}`,
    `${end}id: forged-1${end}${end}`,
    `${end}retry: 1${end}${end}`,
    `:${end}data: forged`,
  ]);

  /** Every kind of frame with the same text in each place that a person or a service fills in. */
  function framesWith(text: string): HubFrame[] {
    const person = { ...alice, username: text, fullName: text, avatar: text };
    const attachment = {
      id: "0".repeat(32),
      name: text,
      contentType: text,
      kind: "document",
      size: 1,
    } as const;
    const id = "epoch1-7";
    const readAt = "2026-01-09T10:00:00.000Z";
    const whole = { ...sampleMessage(1), sender: person, text, clientId: text, attachment };
    return [
      { kind: "event", id, event: { type: "message", message: whole } },
      {
        kind: "event",
        id,
        event: { type: "read", conversationId: 1, reader: person, messageIds: [1], readAt },
      },
      {
        kind: "event",
        id,
        event: {
          type: "notification",
          id: text,
          title: text,
          message: text,
          notificationType: text,
          data: { [text]: text },
          createdAt: readAt,
        },
      },
      { kind: "signal", signal: { type: "typing", sender: person, isTyping: true } },
    ];
  }

  test("is one event of its own kind, with one id at most and nothing else [RESUME-3]", () => {
    const context = { linkTo: () => "https://chat.example.com/file" };
    for (const text of payloads) {
      const texts = framesWith(text).map((frame) => formatFrame(frame, bob.id, context));
      texts.push(formatEvent("error", { code: text, detail: text }));
      for (const [index, written] of texts.entries()) {
        const events: { id: string | undefined; event: string | undefined; data: string }[] = [];
        const odd: unknown[] = [];
        const parser = createParser({
          onEvent: ({ id, event, data }) => events.push({ id, event, data }),
          onRetry: (ms) => odd.push(ms),
          onComment: (comment) => odd.push(comment),
          onError: (error) => odd.push(error.message),
        });
        parser.feed(written);
        const name = ["message", "read_receipt", "notification", "typing", "error"][index];
        expect(odd).toEqual([]);
        expect(events).toHaveLength(1);
        expect(events[0]).toMatchObject({ event: name, id: index < 3 ? "epoch1-7" : undefined });
        expect(JSON.stringify(JSON.parse(events[0]!.data))).toContain(
          JSON.stringify(text).slice(1, -1),
        );
      }
    }
  });
});

describe("many people at once", () => {
  /** 10,000 questions of 50 people, in no order, each with a word that only its asker may see. */
  test("get each their own: 10,000 interleaved requests hold no word of anyone else [AUTH-1] [PRIV-1]", async () => {
    const people = await Promise.all(times(50).map((index) => join(index)));
    const paths = [
      ...times(18).map(() => "/api/auth/me"),
      `${chatPath}/chats/conversations/`,
      `${chatPath}/chats/unread-count/`,
    ];
    let wrong = 0;
    let seen = 0;
    const asking = async (worker: number): Promise<void> => {
      for (const step of times(200)) {
        const index = (worker * 7 + step * 13) % people.length;
        const path = paths[(worker + step) % paths.length]!;
        const response = await scene.call(path, { as: people[index]! });
        const words = (await response.text()).match(/word-of-\d+-/g) ?? [];
        seen += words.length;
        if (words.some((word) => word !== `word-of-${index}-`)) wrong += 1;
      }
    };
    await Promise.all(times(50).map(asking));
    expect(wrong).toBe(0);
    expect(seen).toBe(9_500);
  }, 120_000);

  /** Someone called by their own word, to whom Alice has written it. */
  async function join(index: number): Promise<Guest> {
    const guest = await meet(scene.rig, `word-of-${index}-`);
    const json = { receiver_id: guest.person.id, message: `word-of-${index}-` };
    await scene.call(`${chatPath}/chats/`, { as: scene.rig.alice, json });
    return guest;
  }
});
