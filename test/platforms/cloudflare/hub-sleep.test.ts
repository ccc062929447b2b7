import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { socketRequest } from "../../../src/platforms/cloudflare/socket-request.ts";
import type { UserHub } from "../../../src/platforms/cloudflare/user-hub.ts";
import type { DurableEvent } from "../../../src/protocol/event.ts";
import type { Person } from "../../../src/protocol/person.ts";
import { sampleEvent } from "../../support/sample.ts";
import { createClientSocket, type ClientSocket } from "./client-socket.ts";

const minute = 60_000;
const base = "https://chat.example.com";

type Hub = ReturnType<typeof env.USER_HUB.getByName>;

interface Place {
  hub: Hub;
  person: Person;
  expiresAt: number;
}

let lastId = 7_000_000;
let opened: ClientSocket[] = [];

afterEach(() => {
  for (const socket of opened) socket.close();
  opened = [];
});

function nextPlace(fullName = "Nia"): Place {
  lastId += 1;
  const person = { id: lastId, username: `sleeper-${lastId}`, fullName, avatar: null };
  const hub = env.USER_HUB.getByName(String(lastId));
  return { hub, person, expiresAt: Date.now() + 24 * 60 * minute };
}

async function shake(place: Place, surface: "chat" | "messaging"): Promise<ClientSocket> {
  const { hub, person, expiresAt } = place;
  const info = { surface, person, expiresAt, base };
  const response = await hub.fetch(socketRequest({ info, lastEventId: null }));
  if (!response.webSocket) throw new Error(`The hub answered ${response.status}`);
  const socket = createClientSocket(response.webSocket);
  opened.push(socket);
  return socket;
}

async function open(place: Place, surface: "chat" | "messaging"): Promise<ClientSocket> {
  const socket = await shake(place, surface);
  if (surface === "messaging") socket.send(JSON.stringify({ type: "hello" }));
  await settle(socket);
  return socket;
}

let asked = 0;

/** Everything has come that was sent before. */
async function settle(socket: ClientSocket): Promise<void> {
  await socket.ping(`settle-${(asked += 1)}`);
}

let told = 0;

/** Notes for the user; they need no database. */
function notes(count: number): DurableEvent[] {
  return Array.from({ length: count }, () => ({
    type: "notification",
    id: `n${(told += 1)}`,
    title: "Note",
    message: "x",
    notificationType: "note",
    data: {},
    createdAt: "2026-01-09T10:30:00.000Z",
  }));
}

function alarmOf(hub: Hub): Promise<number | null> {
  return runInDurableObject<UserHub, number | null>(hub, (_, { storage }) => storage.getAlarm());
}

const numbered = (socket: ClientSocket): number =>
  socket.frames.filter(({ type }) => type === "notification").length;

describe("a socket whose hub is evicted between events", () => {
  it("that acknowledges nothing is closed with 4008 at the 129th all the same [FLOW-1]", async () => {
    const place = nextPlace();
    const socket = await open(place, "messaging");
    for (const count of [100, 27, 1]) {
      await place.hub.deliver(notes(count));
      await evictDurableObject(place.hub);
    }
    await settle(socket);
    expect(numbered(socket)).toBe(128);
    await place.hub.deliver(notes(1));
    expect(await socket.closed).toBe(4008);
    expect(numbered(socket)).toBe(128);
  });

  it("that acknowledges what came goes on, counted from there [FLOW-1]", async () => {
    const place = nextPlace();
    const socket = await open(place, "messaging");
    for (let round = 0; round < 3; round += 1) {
      await place.hub.deliver(notes(100));
      await evictDurableObject(place.hub);
      await settle(socket);
      socket.send(
        JSON.stringify({
          type: "ack",
          event_id: socket.frames.findLast((each) => "event_id" in each)?.["event_id"],
        }),
      );
    }
    await place.hub.deliver(notes(128));
    await settle(socket);
    expect(numbered(socket)).toBe(428);
    await place.hub.deliver(notes(1));
    expect(await socket.closed).toBe(4008);
  });

  it("that is sent 4 MiB without a number is closed with 4008 all the same [FLOW-1]", async () => {
    const place = nextPlace();
    const socket = await open(place, "chat");
    const sender = { ...place.person, fullName: "x".repeat(1_024 * 1_024) };
    for (let count = 0; count < 3; count += 1) {
      await place.hub.signal({ type: "typing", sender, isTyping: true });
      await evictDurableObject(place.hub);
    }
    await settle(socket);
    expect(socket.isOpen()).toBe(true);
    await place.hub.signal({ type: "typing", sender, isTyping: true });
    expect(await socket.closed).toBe(4008);
  });

  it("keeps its place beside the longest name and however many events [FLOW-1] [WS-5]", async () => {
    const place = nextPlace("é".repeat(255));
    const socket = await open(place, "chat");
    for (let round = 0; round < 4; round += 1) {
      await place.hub.deliver(notes(100));
      await evictDurableObject(place.hub);
    }
    await settle(socket);
    expect(numbered(socket)).toBe(400);
  });
});

describe("the alarm of a hub with an idle socket", () => {
  const visit = { watchUntil: Number.MAX_SAFE_INTEGER };
  const visitor = { userId: 1, isOnline: true, lastSeen: null, revision: 1 };

  it.each(["chat", "messaging"] as const)(
    "on /ws/%s/ is for its token's end where nobody watches [WS-6] [WS-7]",
    async (surface) => {
      const place = nextPlace();
      const socket = await open(place, surface);
      // What is due before a hub can sleep is done first.
      await runDurableObjectAlarm(place.hub);
      expect(await alarmOf(place.hub)).toBe(place.expiresAt);
      await evictDurableObject(place.hub);
      expect(await alarmOf(place.hub)).toBe(place.expiresAt);
      await settle(socket);
      expect(await alarmOf(place.hub)).toBe(place.expiresAt);
    },
  );

  it("is not for a report that is made before the hub can sleep [READ-2]", async () => {
    const place = nextPlace();
    await open(place, "chat");
    // A partner who is new would be news, which is.
    await place.hub.introduce([1]);
    await expect.poll(() => alarmOf(place.hub)).toBe(place.expiresAt);
    const after = await runInDurableObject<UserHub, number | null>(place.hub, async (hub, ctx) => {
      await hub.deliver([sampleEvent(1)]);
      return ctx.storage.getAlarm();
    });
    expect(after).toBe(place.expiresAt);
    await evictDurableObject(place.hub);
  });

  it("is for the first frame of one that has said nothing yet, until it comes [WS-4] [WS-6]", async () => {
    const place = nextPlace();
    await open(place, "messaging");
    await runDurableObjectAlarm(place.hub);
    const before = Date.now();
    const silent = await shake(place, "messaging");
    const alarm = (await alarmOf(place.hub)) ?? 0;
    expect(alarm).toBeGreaterThanOrEqual(before + minute);
    expect(alarm).toBeLessThan(before + 2 * minute);
    silent.send(JSON.stringify({ type: "hello" }));
    await settle(silent);
    expect(await alarmOf(place.hub)).toBe(place.expiresAt);
  });

  it("is for one look after 5 min where somebody does [WS-6] [PRES-2]", async () => {
    const place = nextPlace();
    const before = Date.now();
    await open(place, "messaging");
    await place.hub.introduce([1]);
    await runDurableObjectAlarm(place.hub);
    await place.hub.visit({ ...visit, presence: visitor });
    const alarm = (await alarmOf(place.hub)) ?? 0;
    expect(alarm).toBeGreaterThanOrEqual(before + 5 * minute);
    expect(alarm).toBeLessThan(before + 6 * minute);
    await place.hub.visit({ watchUntil: 0, presence: { ...visitor, revision: 2 } });
    await evictDurableObject(place.hub);
    await place.hub.visit({ watchUntil: 0, presence: { ...visitor, revision: 3 } });
    expect(await alarmOf(place.hub)).toBe(place.expiresAt);
  });
});
