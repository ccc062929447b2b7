import { setTimeout as pause } from "node:timers/promises";
import { IDBFactory } from "fake-indexeddb";
import { createBrowserEnvironment } from "../../../src/client/browser-environment.ts";
import type { ChatClient } from "../../../src/client/chat-client.ts";
import { createChatClient } from "../../../src/client/create-chat-client.ts";
import type { MessageRow } from "../../../src/client/message-row.ts";
import type { Thread } from "../../../src/client/thread.ts";
import type { ChatPerson } from "../../support/people.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import type { Sight } from "../sight.ts";
import { cutAfterCommit } from "../wire-faults.ts";

/** One person on Parley's own client, who has one chat open. */
interface Owner {
  person: ChatPerson;
  partner: ChatPerson;
  client: ChatClient;
  thread: Thread;
  /** What the person wrote, by `client_id`. */
  written: Map<string, string>;
  /** What was wrong on the screen at any moment. */
  wrong: Set<string>;
}

interface Ends {
  person: ChatPerson;
  partner: ChatPerson;
  transport: "websocket" | "sse";
}

function open(scene: Scene, { person, partner, transport }: Ends): Owner {
  const url = scene.world.front.url.replace(/\/$/, "");
  const environment = {
    ...createBrowserEnvironment(),
    indexedDB: new IDBFactory(),
    locks: null,
    openChannel: null,
  };
  const client = createChatClient({ url, getToken: () => person.token, transport }, environment);
  const thread = client.thread(partner.id);
  thread.open();
  const owner = { person, partner, client, thread, written: new Map(), wrong: new Set<string>() };
  thread.state.subscribe(() => look(owner));
  scene.show({
    userId: person.id,
    name: `Parley's own client of user ${person.id} (${transport})`,
    sights: () => sightsOf(thread),
    stop: () => client.close(),
  });
  return owner;
}

/** At every change: nothing twice, and what is stored in its order. */
function look({ thread, wrong }: Owner): void {
  const rows = thread.state.get().messages;
  const keys = new Set(rows.map(({ key }) => key));
  if (keys.size < rows.length) wrong.add("a key was on the screen twice");
  const own = rows.flatMap(({ mine, client_id: id }) => (mine && id ? [id] : []));
  if (new Set(own).size < own.length) wrong.add("what was written once was on the screen twice");
  const seqs = rows.filter(({ id }) => id > 0).map(({ seq }) => seq);
  const isInOrder = seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 1);
  if (!isInOrder) wrong.add("the screen had a hole or was out of order");
}

/** The screen as it is now: what is stored as one page, and what is not as messages of its own. */
function sightsOf(thread: Thread): Sight[] {
  const rows = thread.state.get().messages;
  const place = { at: 0, connection: 0, eventId: null };
  const stored = rows.filter(({ id }) => id > 0).toReversed();
  return [
    { ...place, kind: "page", messages: stored.map(shown) },
    ...rows
      .filter(({ id }) => id <= 0)
      .map((row): Sight => ({ ...place, kind: "message", message: shown(row) })),
  ];
}

function shown(row: MessageRow) {
  const { id, conversation, seq, sender, message: text, client_id: clientId } = row;
  return { id, conversation, seq, sender, text, clientId };
}

async function writeOn(scene: Scene, owner: Owner, seconds: number): Promise<void> {
  for (let count = 0; count < seconds * 2; count += 1) {
    const text = `${scene.name} ${owner.person.id} ${count}`;
    owner.written.set(owner.thread.send({ text }), text);
    await pause(300 + scene.dice.roll(400));
  }
}

function unsent({ thread }: Owner): number {
  return thread.state.get().messages.filter(({ id, mine }) => mine && id <= 0).length;
}

async function until(isTrue: () => boolean, limitMs: number): Promise<number> {
  const started = performance.now();
  while (!isTrue() && performance.now() - started < limitMs) await pause(50);
  return performance.now() - started;
}

/** Parley's own client, from the outbox to the screen. */
export const clientRows: Row[] = [
  {
    id: "T37",
    fault:
      "Parley's own clients write on while connections are reset, the server dies and commits are cut",
    how: "the browser client in Node, half on sockets and half on streams, with an IndexedDB in memory",
    isShort: true,
    async run(scene) {
      const { world, dice } = scene;
      const people = await scene.people(8);
      const owners = people.map((person, index) => {
        const partner = people[index ^ 1];
        if (!partner) throw new Error("nobody to write to");
        return open(scene, { person, partner, transport: index % 4 < 2 ? "websocket" : "sse" });
      });
      const isOnline = ({ client }: Owner) => client.connection.get().status === "online";
      await until(() => owners.every(isOnline), 20_000);
      const writing = owners.map((owner) => writeOn(scene, owner, 14));
      await pause(1_500);
      world.front.reset();
      await pause(1_500);
      await world.crash();
      world.postgres.distort(cutAfterCommit(0.3, dice.random));
      await pause(3_000);
      world.front.reset();
      await Promise.all(writing);
      world.postgres.distort(null);
      const backMs = await until(() => owners.every(isOnline), 60_000);
      scene.measure("all online after", backMs / 1_000, { atMost: 35, unit: "s" });
      const sentMs = await until(() => owners.every((owner) => unsent(owner) === 0), 60_000);
      scene.measure("outboxes empty after that", sentMs / 1_000, { atMost: 35, unit: "s" });
      for (const { person, partner, thread, written, wrong } of owners) {
        for (const what of wrong) scene.expect(false, `user ${person.id}: ${what}`);
        const rows = new Map(thread.state.get().messages.map((row) => [row.client_id, row]));
        for (const [key, text] of written) {
          const { id = 0, seq = 0 } = rows.get(key) ?? {};
          const ends = { sender: person.id, receiver: partner.id };
          scene.keep([{ key, text, ...ends, id, seq, at: performance.now() }]);
        }
      }
      await scene.heal();
    },
  },
];
