import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { SocketToOpen } from "../../../src/http/env.ts";
import { openHubDatabase } from "../../../src/platforms/bun/hub-database.ts";
import { createHubHouse } from "../../../src/platforms/bun/hub-house.ts";
import type { Ports } from "../../../src/ports/index.ts";
import type { HubFrame } from "../../../src/protocol/event.ts";
import { defaultLimits } from "../../../src/protocol/limits.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { bob, sampleEvent } from "../../support/sample.ts";

export const start = Date.UTC(2026, 0, 9, 10, 31, 0);

/** Names of files, for as long as the tests run. */
export function useHubFiles(): () => string {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "parley-house-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return () => join(directory, `${crypto.randomUUID()}.sqlite`);
}

/** The hubs of one process over a file, with a history that remembers what was delivered and when people left. */
export function openHouse(file: string, change: Partial<Ports> = {}) {
  const clock = createManualClock(start);
  const delivered: number[][] = [];
  const left: number[] = [];
  const works = new Set<Promise<unknown>>();
  const errors: string[] = [];
  const raw = new Database(file);
  const keeper = openHubDatabase(raw, clock);
  const ports = {
    clock,
    config: { limits: defaultLimits },
    log: { info: () => undefined, error: (event: string) => void errors.push(event) },
    later: (work: Promise<unknown>) => void works.add(work),
    history: {
      listRange: async () => [],
      markDelivered: async (_: number, ids: number[]) => {
        delivered.push(ids);
        return [];
      },
    },
    users: { saveLastSeen: async (userId: number) => void left.push(userId) },
  };
  const portsWith = (hubs: Ports["hubs"]) => ({ ...ports, ...change, hubs }) as unknown as Ports;
  const house = createHubHouse({ keeper, clock, log: ports.log, portsWith });

  /** Lets everything happen that is due. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) {
      await Promise.all(works);
      await nextTurn();
    }
  }

  return {
    house,
    raw,
    hubs: house.ports.hubs,
    delivered,
    left,
    /** The events of the errors in the log. */
    errors,
    settle,
    /** Moves the time on, whoever still waits. */
    async turn(ms: number) {
      clock.advance(ms);
      for (let turn = 0; turn < 30; turn += 1) await nextTurn();
    },
    async pass(ms: number) {
      await settle();
      clock.advance(ms);
      await settle();
    },
    async connect(lastEventId: string | null = null) {
      const connection = await house.ports.hubs.connect(bob.id, { lastEventId });
      const frames: HubFrame[] = [];
      const codes: number[] = [];
      connection.onFrame((frame) => frames.push(frame));
      connection.onClose((code) => codes.push(code));
      await settle();
      const idOf = (frame: HubFrame | undefined) => (frame && "id" in frame ? frame.id : "");
      return {
        connection,
        codes,
        kinds: () => frames.map(({ kind }) => kind),
        texts: () =>
          frames.flatMap((frame) =>
            frame.kind === "event" && frame.event.type === "message"
              ? [frame.event.message.text]
              : [],
          ),
        lastId: () => idOf(frames.findLast((frame) => "id" in frame)),
      };
    },
    /** Whether the file says that Bob is there. */
    isOnline() {
      const row = raw.query("SELECT memory ->> 'isOnline' FROM hubs WHERE user_id = ?");
      return row.values(bob.id)[0]?.[0] === 1;
    },
    async stop() {
      house.close();
      await keeper.close();
    },
  };
}

export type House = ReturnType<typeof openHouse>;

export const deliver = ({ hubs }: House, seq: number): Promise<void> =>
  hubs.deliver(bob.id, [sampleEvent(seq)]);

export async function openSocket({ house }: House) {
  const sent: string[] = [];
  const codes: number[] = [];
  const opening: SocketToOpen = {
    surface: "messaging",
    person: bob,
    expiresAt: start / 1_000 + 3_600,
    base: "http://localhost",
    lastEventId: "none",
  };
  const wire = {
    send: (text: string) => void sent.push(text),
    close: (code: number) => void codes.push(code),
  };
  const socket = (await house.hubOf(bob.id)).open(opening, wire);
  return {
    socket,
    codes,
    types: () => sent.map((text) => (JSON.parse(text) as { type: string }).type),
    refs: () => sent.map((text) => (JSON.parse(text) as { ref?: string }).ref).filter(Boolean),
  };
}
