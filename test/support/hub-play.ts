import { formatCursor, parseCursor } from "../../src/protocol/cursor.ts";
import type { DurableEvent } from "../../src/protocol/event.ts";
import { judge, look } from "./hub-judge.ts";
import { createReader, type Reader } from "./hub-reader.ts";
import type { CursorKind, Step } from "./hub-steps.ts";
import { createHubWorld, type HubWorld } from "./hub-world.ts";
import { alice, bob } from "./sample.ts";

const limits = { windowEvents: 5, windowBytes: 4_000, logEvents: 12, connectionsPerUser: 4 };

interface Play {
  world: HubWorld;
  readers: Reader[];
  /** The newest number of each epoch that a client said to have. */
  vouched: Map<string, number>;
  delivered: Set<number>;
}

/** Plays the steps, then lets everything come to rest; answers what was wrong, with the step at which it was found. */
export function playSteps(steps: Step[]): string[] {
  const world = createHubWorld(limits);
  const readers = [1, 2, 3].map(() => createReader(world.heads));
  const play: Play = { world, readers, vouched: new Map(), delivered: new Set() };
  for (const [index, step] of steps.entries()) {
    const before = look(world);
    takeStep(play, step);
    judge(world, { readers, before });
    if (world.faults.length > 0)
      return world.faults.map((fault) => `${index} ${step.type}: ${fault}`);
  }
  comeToRest(play);
  return world.faults.map((fault) => `in the end: ${fault}`);
}

function takeStep(play: Play, step: Step): void {
  const { world, readers } = play;
  const reader = readers[step.reader]!;
  const turn = (work: () => void): void => world.turn(step.end, work);
  switch (step.type) {
    case "write": {
      const { conversation, isOwn, isTold, count } = step;
      const written = Array.from({ length: count }, () => world.write(conversation, isOwn));
      if (isTold) turn(() => world.deliver(written.map(asEvent), false));
      break;
    }
    case "redeliver": {
      const message = world.messages[step.pick % world.messages.length];
      if (message) turn(() => world.deliver([asEvent(message)], step.isHistoryAway));
      break;
    }
    case "other-event":
      turn(() => world.deliver([otherEvent(step.kind, step.pick % 8)], false));
      break;
    case "join":
      join(play, { reader, cursor: step.isNew ? null : reader.cursor, step });
      break;
    case "probe": {
      const probe = createReader(world.heads);
      readers.push(probe);
      join(play, { reader: probe, cursor: cursorOf(world, step.from, step.pick), step });
      break;
    }
    case "acknowledge":
      acknowledge(play, reader, step);
      break;
    case "leave":
      turn(() => leave(world, reader));
      break;
    case "read-lists":
      turn(world.sync);
      break;
    case "report":
      turn(() => report(play));
      break;
    case "crash":
      world.turn("dies-after-frames", () => undefined);
      break;
    case "sleep":
      world.wake();
      break;
    case "spoil":
      world.spoil(world.store.head() - (step.pick % limits.logEvents));
      break;
    case "pass":
      world.now += step.pick * 500;
      break;
    case "lose":
      lose(world, step.part);
      break;
  }
}

const asEvent = (message: HubWorld["messages"][number]): DurableEvent => ({
  type: "message",
  message,
  unread: { count: 1, version: message.seq },
});

function otherEvent(kind: "read" | "delivered" | "notification", id: number): DurableEvent {
  const at = new Date(Date.UTC(2026, 0, 9, 11, 0, id)).toISOString();
  const about = { conversationId: 1, messageIds: [1_000 + id] };
  if (kind === "read") return { type: "read", ...about, reader: alice, readAt: at };
  if (kind === "delivered") return { type: "delivered", ...about, receiverId: 1, deliveredAt: at };
  const note = { title: "Note", message: "x", notificationType: "note", data: {} };
  return { type: "notification", id: `n${id}`, ...note, createdAt: at };
}

function cursorOf({ store }: HubWorld, kind: CursorKind, pick: number): string {
  const at = (number: number): string =>
    formatCursor({ epoch: store.epoch(), number: Math.max(0, number) });
  switch (kind) {
    case "older":
      return at(store.head() - (pick % (limits.logEvents + 4)));
    case "edge":
      return at(store.oldest() - 1);
    case "beyond-edge":
      return at(store.oldest() - 2);
    case "future":
      return at(store.head() + 1 + pick);
    case "other-epoch":
      return `another-${pick % (store.head() + 1)}`;
    case "garbage":
      return ["x", `${store.epoch()}--1`, `${store.epoch()}-01`, "-", `${store.epoch()}-1e3`][
        pick % 5
      ]!;
  }
}

function leave({ hub, now }: HubWorld, reader: Reader): void {
  const { connection } = reader;
  if (!connection?.isOpen) return;
  connection.isOpen = false;
  hub.leave(connection, now);
}

interface Joining {
  reader: Reader;
  cursor: string | null;
  step: Pick<Step, "end">;
}

function join(play: Play, { reader, cursor, step }: Joining): void {
  const { world } = play;
  const place = cursor === null ? null : parseCursor(cursor);
  const { store } = world;
  const [epoch, head, oldest] = [store.epoch(), store.head(), store.oldest()];
  world.turn("well", () => leave(world, reader));
  world.turn(step.end, () => {
    const connection = world.connect();
    reader.begin(connection, cursor);
    world.hub.join(connection, cursor, world.now);
    reader.acked = connection.position().from;
  });
  const isOurs =
    place !== null && place.epoch === epoch && place.number <= head && place.number + 1 >= oldest;
  if (isOurs) vouch(play, place.number);
  const first = reader.connection?.frames[0];
  if (!first || world.lossy.has(epoch)) return;
  const isReset = first.kind === "reset";
  const mustReset = cursor !== null && !isOurs;
  if (isReset !== mustReset) world.faults.push(`${cursor} was answered ${first.kind}`);
}

function vouch({ world, vouched }: Play, number: number): void {
  const epoch = world.store.epoch();
  vouched.set(epoch, Math.max(number, vouched.get(epoch) ?? 0));
}

function acknowledge(play: Play, reader: Reader, step: Step & { type: "acknowledge" }): void {
  const { world } = play;
  const { connection } = reader;
  if (!connection?.isOpen) return;
  const numbers = connection.numbers();
  const newest = numbers.at(-1) ?? 0;
  const number = {
    newest,
    older: numbers[step.pick % Math.max(1, numbers.length)] ?? 0,
    unsent: Math.min(newest + 1, world.store.head()),
    future: world.store.head() + 1 + step.pick,
    nonsense: [Number.NaN, -1, 1.5, Infinity][step.pick % 4]!,
  }[step.what];
  world.turn(step.end, () => world.hub.acknowledge(connection, number, world.now));
  if (step.what === "future" || step.what === "nonsense") return;
  reader.acked = Math.max(reader.acked, Math.min(number, newest));
  vouch(play, number);
}

/** A message is delivered once, and only when a client said that it has it (READ-1, READ-2). */
function report({ world, vouched, delivered }: Play): void {
  const { hub, store, messages, faults } = world;
  if (hub.report.dueAt() === null) return;
  const { messageIds, numbers } = hub.report.collect();
  const beyond = numbers.filter((number) => number > (vouched.get(store.epoch()) ?? 0));
  if (beyond.length > 0) faults.push(`${beyond.join()} are delivered before anyone has them`);
  for (const id of messageIds) {
    const message = messages.find((each) => each.id === id);
    if (!message || message.sender.id === bob.id) faults.push(`${id} is nothing to deliver`);
    delivered.add(id);
  }
  hub.report.done(numbers, []);
}

function lose(world: HubWorld, part: "all" | "events" | "conversations"): void {
  const { store } = world;
  const had = { all: true, events: store.head() > 0, conversations: store.hasConversations() };
  const before = store.epoch();
  world.lose(part);
  if (had[part] && world.store.epoch() === before) world.faults.push("the epoch stays");
}

/** Everyone comes back, reads on to the end and lacks nothing. */
function comeToRest(play: Play): void {
  const { world } = play;
  const { faults } = world;
  const readers = play.readers.slice(0, 3);
  world.turn("well", world.sync);
  for (const message of world.messages)
    world.turn("well", () => world.deliver([asEvent(message)], false));
  for (const probe of play.readers.slice(3)) world.turn("well", () => leave(world, probe));
  const isLevel = ({ connection }: Reader): boolean =>
    connection?.isOpen === true && connection.position().stage === "live";
  for (let round = 0; round < 100 && !readers.every(isLevel); round += 1) {
    for (const reader of readers) {
      if (!reader.connection?.isOpen)
        join(play, { reader, cursor: reader.cursor, step: { end: "well" } });
      faults.push(...reader.take());
      acknowledge(play, reader, {
        type: "acknowledge",
        what: "newest",
        end: "well",
        reader: 0,
        pick: 0,
      });
      faults.push(...reader.take());
    }
  }
  for (const reader of readers) {
    faults.push(...reader.take());
    if (!isLevel(reader)) faults.push("somebody never gets to the end");
    for (const [id, head] of world.heads())
      if (reader.newest(id) !== head) faults.push(`${reader.newest(id)} of ${head} in ${id}`);
  }
}
