import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsOf, follow } from "../support/follower.ts";
import { workerMemory } from "../support/memory-of.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { openRawStream } from "../support/raw-stream.ts";
import { inParallel, percentile } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** What one connection's own buffers cannot swallow. */
const messages = 900;
const text = "x".repeat(16_000);
/** Far less than what is sent, and more than what a heap swings by. */
const memoryMiB = 60;
const limits = {
  sendBurst: 1_000_000,
  sendPerSecond: 1_000_000,
  textCodePoints: 16_000,
  heartbeatMs: 1_000,
  graceMs: 500,
  logEvents: 10_000,
};

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ DEMO: "off", LIMITS: JSON.stringify(limits) });
});

afterAll(() => server.dispose());

function person(id: number): Promise<ChatPerson> {
  return signIn(server, { id, username: `u${id}`, name: `U ${id}` });
}

/** Sends from four clients at once; answers how long each took, ms. */
async function load(from: ChatPerson, to: ChatPerson, prefix: string): Promise<number[]> {
  const keys = Array.from({ length: messages }, (_, index) => `${prefix}${index}`);
  return inParallel(4, keys, async (key) => {
    const started = performance.now();
    await from.post("chats/", { receiver_id: to.id, message: text, client_id: key });
    return performance.now() - started;
  });
}

describe("a client that stops reading", () => {
  test(
    "is cut, holds no memory and slows nobody; then it resumes with everything [FLOW-1] [RESUME-1]",
    { timeout: 300_000 },
    async () => {
      const [alice, bob, carol] = [await person(1), await person(2), await person(3)];
      await alice.post("chats/", { receiver_id: bob.id, message: "first" });
      const bystanders = await Promise.all([bob, bob, carol].map((each) => follow(each)));
      const timesBefore = await load(alice, bob, "before");
      const memoryBefore = await workerMemory(server);

      const stalled = await openRawStream(server, bob);
      await stalled.waitFor("event: ready");
      stalled.stopReading();
      const times = await load(alice, bob, "stalled");
      await server.waitForOutput(/"stream\.abandoned","userId":2/);
      const memory = await workerMemory(server);
      // What a busy machine may do to the one load and not to the other is left room for.
      expect(percentile(times, 0.5)).toBeLessThan(5 * percentile(timesBefore, 0.5) + 200);
      expect(memory - memoryBefore).toBeLessThan(memoryMiB);

      const [bystander] = bystanders;
      await expect.poll(() => bystander?.messages().length).toBe(2 * messages);
      for (const each of bystanders) {
        expect(faultsOf(each)).toEqual([]);
        expect(each.streams()).toBe(1);
      }

      stalled.readOn();
      await stalled.ended;
      const again = await bob.listen({ lastEventId: stalled.lastEventId() });
      await again.waitFor("ready", undefined, 30_000);
      const whole = stalled.text().slice(0, stalled.text().lastIndexOf("\n\n"));
      const held = [...whole.matchAll(/"client_id":"(stalled\d+)"/g)].map(([, key]) => key);
      const missed = again.named("message").map(({ data }) => data["client_id"]);
      const keys = Array.from({ length: messages }, (_, index) => `stalled${index}`);
      expect(held.length + missed.length).toBe(messages);
      expect(new Set([...held, ...missed])).toEqual(new Set(keys));
      await Promise.all([again.close(), ...bystanders.map((each) => each.stop())]);
    },
  );
});
