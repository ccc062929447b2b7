import { setTimeout as pause } from "node:timers/promises";
import { workerMemory } from "../support/memory-of.ts";
import type { ChatPerson } from "../support/people.ts";
import { closingOf, type Closing } from "../support/raw-frames.ts";
import { shakeHands, type HandshakeAnswer } from "../support/raw-handshake.ts";
import { inParallel, percentile } from "../support/send-load.ts";
import type { TestServer } from "../support/server.ts";
import { p99 } from "./figures.ts";
import { attemptSend } from "./load.ts";
import type { Scene } from "./scene.ts";
import { isSight } from "./sight.ts";
import type { Viewer } from "./viewer.ts";

/** Eight kibibytes of text. */
const text = "ß".repeat(3_900);
const messagesInBlock = 60;

export interface Block {
  /** From a send to another one's screen, ms. */
  times: number[];
}

/** Answers when each was sent, by its key. */
export async function sendBig(
  scene: Scene,
  [from, to]: readonly [Viewer, Viewer],
  { count, atOnce = 2 }: { count: number; atOnce?: number },
): Promise<Map<string, number>> {
  const name = `${scene.name}-${scene.dice.roll(1e9)}`;
  const sentAt = new Map<string, number>();
  const keys = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  await inParallel(atOnce, keys, async (key) => {
    sentAt.set(key, performance.now());
    const { answer } = await attemptSend({ from, to: to.person, key, text, bySocket: false }, 0);
    scene.keep(answer ? [answer] : []);
    scene.expect(answer !== null, "a send failed");
  });
  return sentAt;
}

/** By how much the server grows while 4,000 messages, 32 MiB, pass a socket that does not read, MiB. */
export async function growthBehind(scene: Scene, pair: readonly [Viewer, Viewer]): Promise<number> {
  const { server, platform } = scene.world;
  const atOnce = 6;
  // Until then the heap finds its size, with or without such a socket.
  await sendBig(scene, pair, { count: platform === "bun" ? 15_000 : 5_000, atOnce });
  const before = await workerMemory(server);
  const stopped = await stopReading(server, pair[1].person);
  await sendBig(scene, pair, { count: 4_000, atOnce });
  const after = await workerMemory(server);
  stopped.socket.destroy();
  return after - before;
}

export async function playBlock(
  scene: Scene,
  pair: readonly [Viewer, Viewer],
  others: readonly Viewer[],
): Promise<Block> {
  const sentAt = await sendBig(scene, pair, { count: messagesInBlock });
  await pause(200);
  const times = others.flatMap(({ sights }) =>
    sights.filter(isSight("message")).flatMap(({ at, message: { clientId } }) => {
      const sent = sentAt.get(clientId ?? "");
      return sent === undefined ? [] : [at - sent];
    }),
  );
  return { times };
}

/** The median of what each block had, so that one pause of the machine does not decide. */
export function medianP99(blocks: readonly Block[]): number {
  return percentile(
    blocks.map(({ times }) => p99(times)),
    0.5,
  );
}

/** A socket that says hello, as RFC 6455 frames it, and reads no more. */
export async function stopReading(
  server: TestServer,
  { token }: ChatPerson,
): Promise<HandshakeAnswer> {
  const url = server.url.replace("localhost", "127.0.0.1");
  const raw = await shakeHands({ url }, { path: `/ws/messaging/?token=${token}` });
  const hello = Buffer.from('{"type":"hello"}');
  raw.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), hello]));
  raw.socket.pause();
  return raw;
}

/** Reads what was on its way, and how it ended. */
export async function readOn(raw: HandshakeAnswer): Promise<Closing> {
  const closing = closingOf(raw);
  raw.socket.resume();
  const late = pause(10_000).then(() => ({ code: null, bytes: 0 }));
  return Promise.race([closing, late]).finally(() => raw.socket.destroy());
}

export function countOf(ends: readonly Closing[], code: number): number {
  return ends.filter((each) => each.code === code).length;
}
