import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../support/people.ts";
import { openLink, type Frame, type Link, type Surface } from "./link.ts";
import { readEverything } from "./read-everything.ts";
import { readSight, type Sight } from "./sight.ts";

/** A client as the protocol wants one: it resumes from its last event id, and after a reset it reads its lists again. */
export interface Viewer {
  readonly person: ChatPerson;
  readonly surface: Surface;
  /** Everything it saw, in order. */
  readonly sights: Sight[];
  /** How long each interruption lasted, from the end of one connection to the `ready` of the next, ms. */
  readonly gaps: number[];
  /** How long each try took until `ready`, ms. */
  readonly connects: number[];
  /** The close codes and refusals so far. */
  readonly ends: number[];
  isLive(): boolean;
  whenLive(): Promise<void>;
  /** A request over the socket that is open now; it fails when that socket ends. */
  ask(frame: object): Promise<Frame>;
  send(frame: object | string): void;
  /** Breaks off, and comes back. */
  drop(): void;
  /** Breaks off, and stays away until `comeBack`. */
  leave(): void;
  comeBack(): void;
  stop(): void;
}

export interface ViewerOptions {
  url: string;
  surface: Surface;
  /** How long to wait before the next try, ms. */
  pauseMs?: () => number;
  /** Gives up a connection on which nothing was heard for so long, ms. */
  silenceMs?: number;
  pingMs?: number;
  acknowledges?: boolean;
  random?: () => number;
}

const askLimitMs = 12_000;

export function createViewer(person: ChatPerson, options: ViewerOptions): Viewer {
  const { random = Math.random, silenceMs = 6_000, pingMs = 2_000 } = options;
  const { surface, acknowledges = true, pauseMs = () => 100 + random() * 300 } = options;
  const sights: Sight[] = [];
  const asked = new Map<string, PromiseWithResolvers<Frame>>();
  const waiting = new Set<() => void>();
  const viewer = { gaps: [] as number[], connects: [] as number[], ends: [] as number[] };
  let stage: "away" | "opening" | "live" | "stopped" = "away";
  let link: Link | null = null;
  let lastEventId: string | null = null;
  let connection = -1;
  let [refs, heardAt, endedAt, openedAt] = [0, 0, null as number | null, 0];

  function onFrame(name: string, data: Record<string, unknown>, eventId: string | null): void {
    heardAt = performance.now();
    if (name === "pong" || name === "heartbeat") return;
    answer(data);
    if (name !== "error") sights.push(readSight(name, data, { at: heardAt, connection, eventId }));
    if (eventId !== null) lastEventId = eventId;
    if (eventId !== null && acknowledges) link?.send({ type: "ack", event_id: eventId });
    if (name === "reset") void readAgain();
    if (name === "ready") goLive();
  }

  function answer(data: Record<string, unknown>): void {
    const ref = data["ref"];
    if (typeof ref !== "string") return;
    asked.get(ref)?.resolve(data as Frame);
    asked.delete(ref);
  }

  function goLive(): void {
    stage = "live";
    if (endedAt !== null) viewer.gaps.push(heardAt - endedAt);
    endedAt = null;
    viewer.connects.push(heardAt - openedAt);
    for (const tell of waiting) tell();
    waiting.clear();
  }

  async function readAgain(): Promise<void> {
    for (const messages of await readEverything(person)) {
      const at = performance.now();
      sights.push({ kind: "page", messages, at, connection: -1, eventId: null });
    }
  }

  function open(): void {
    if (stage !== "away" || isGone) return;
    stage = "opening";
    connection += 1;
    openedAt = heardAt = performance.now();
    const mine = connection;
    link = openLink({
      ...options,
      person,
      lastEventId,
      onFrame: (...frame) => void (mine === connection && stage !== "stopped" && onFrame(...frame)),
      onEnd: (code) => void (mine === connection && end(code)),
    });
  }

  function end(code: number): void {
    if (stage !== "opening" && stage !== "live") return;
    viewer.ends.push(code);
    endedAt ??= performance.now();
    stage = "away";
    for (const { reject } of asked.values()) reject(new Error(`the socket ended with ${code}`));
    asked.clear();
    if (!isGone) void pause(pauseMs(), undefined, { ref: false }).then(open);
  }

  let isGone = false;
  const beat = setInterval(() => {
    if (stage !== "live" && stage !== "opening") return;
    if (surface !== "sse") link?.send('{"type":"ping"}');
    if (performance.now() - heardAt > silenceMs) drop();
  }, pingMs);
  beat.unref();

  function drop(): void {
    link?.close();
    end(0);
  }

  open();
  return {
    person,
    surface,
    sights,
    ...viewer,
    isLive: () => stage === "live",
    async whenLive() {
      if (stage === "live") return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await promise;
    },
    async ask(frame) {
      if (stage !== "live") throw new Error("the socket is not open");
      refs += 1;
      const ref = `r${refs}`;
      const reply = Promise.withResolvers<Frame>();
      asked.set(ref, reply);
      link?.send({ ...frame, ref });
      const late = setTimeout(() => reply.reject(new Error("no answer")), askLimitMs);
      return reply.promise.finally(() => clearTimeout(late));
    },
    send: (frame) => link?.send(frame),
    drop,
    leave() {
      isGone = true;
      drop();
    },
    comeBack() {
      isGone = false;
      open();
    },
    stop() {
      isGone = true;
      link?.close();
      stage = "stopped";
      clearInterval(beat);
    },
  };
}
