import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOf, follow } from "../../support/follower.ts";
import { signIn, type ChatPerson } from "../../support/people.ts";
import { realPostgresUrl } from "../../support/real-services.ts";
import { hasRedisServer } from "../../support/redis-process.ts";
import { inParallel, sendOnce, type Send } from "../../support/send-load.ts";
import type { TestServer } from "../../support/server.ts";
import { openSocket, type SocketClient, type SocketFrame } from "../../support/socket-client.ts";
import { eventually } from "./eventually.ts";
import { startTwoProcesses } from "./two-processes.ts";

const hasServices = (await realPostgresUrl()) !== null && hasRedisServer();
const authSecret = randomBytes(32).toString("hex");
const [sends, senders, killAfter] = [240, 4, 60];

describe.skipIf(!hasServices)("a client that knows both of two processes", () => {
  const stack = new AsyncDisposableStack();
  let servers: TestServer[];
  let lastId = 0;

  beforeAll(async () => {
    ({ servers } = await startTwoProcesses(authSecret, stack));
  }, 120_000);

  afterAll(() => stack.disposeAsync());

  /** Begins at one process, and goes to the other whenever the one that it is with fails. */
  async function meet(first: number): Promise<ChatPerson> {
    const id = ++lastId;
    const claims = { id, username: `u${id}`, name: `U ${id}` };
    const seen = await Promise.all(servers.map(({ url }) => signIn({ url, authSecret }, claims)));
    let at = first;
    const goOn = (error: unknown): never => {
      at = 1 - at;
      throw error;
    };
    return {
      ...seen[first]!,
      call: (...call) => seen[at]!.call(...call).catch(goOn),
      listen: (...how) => seen[at]!.listen(...how).catch(goOn),
    };
  }

  async function sendUntilAcknowledged(send: Send): Promise<void> {
    for (;;) {
      const answer = await sendOnce(send).catch(() => null);
      if (answer && answer.status < 300) return;
      await pause(50);
    }
  }

  /** Like `follow`, over a socket that acknowledges. */
  async function followSocket(person: ChatPerson, first: number) {
    const sockets: SocketClient[] = [];
    const frames = (): SocketFrame[] => sockets.flatMap((each) => each.frames);
    const stopping = new AbortController();
    let at = first;

    async function open(): Promise<SocketClient | null> {
      const last = sockets.findLast((each) => each.lastEventId())?.lastEventId();
      const hello = last ? { last_event_id: last } : {};
      const how = { surface: "messaging", hello, acknowledges: true } as const;
      return openSocket(servers[at]!, person, how).catch(() => null);
    }

    async function run(): Promise<void> {
      while (!stopping.signal.aborted) {
        const socket = await open();
        if (socket) sockets.push(socket);
        await socket?.closed;
        at = 1 - at;
        if (!stopping.signal.aborted) await pause(50);
      }
    }

    const running = run();
    await eventually(
      () => frames().some(({ type }) => type === "ready"),
      (isReady) => isReady,
    );
    return {
      frames,
      sockets: () => sockets.length,
      async stop() {
        stopping.abort();
        await sockets.at(-1)?.close();
        await running;
      },
    };
  }

  it.each([
    { killed: 0, kept: 1 },
    { killed: 1, kept: 0 },
  ])(
    "misses nothing and sees nothing twice when process $killed is killed under load, over SSE and sockets [HUB-7] [RESUME-1] [SEND-2]",
    async ({ killed, kept }) => {
      const [alice, bob, carol] = await Promise.all([meet(killed), meet(kept), meet(killed)]);
      const streams = await Promise.all([alice, bob].map((each) => follow(each)));
      const socket = await followSocket(carol, killed);
      // Everybody writes to everybody, so that hubs and senders are on both sides.
      const ways = [
        { from: alice, to: bob },
        { from: bob, to: alice },
        { from: bob, to: carol },
        { from: carol, to: alice },
      ];
      const plan = Array.from({ length: sends }, (_, index) => {
        const way = ways[index % ways.length]!;
        return { ...way, key: `k${killed}-${index}` };
      });
      let acknowledged = 0;
      let killing = Promise.resolve();
      await inParallel(senders, plan, async (send) => {
        await sendUntilAcknowledged(send);
        acknowledged += 1;
        if (acknowledged === killAfter) killing = servers[killed]!.killHard();
      });
      await killing;
      const keysOf = (person: ChatPerson): string[] =>
        plan.filter(({ from, to }) => [from, to].includes(person)).map(({ key }) => key);
      for (const [index, stream] of streams.entries()) {
        const expected = keysOf([alice, bob][index]!).toSorted();
        const seen = await eventually(
          () => stream.messages().map(({ client_id }) => client_id ?? ""),
          ({ length }) => length >= expected.length,
        );
        expect(seen.toSorted()).toEqual(expected);
        expect(faultsOf(stream)).toEqual([]);
      }
      const expected = keysOf(carol).toSorted();
      const seen = await eventually(
        () => messagesOf(socket.frames()),
        ({ length }) => length >= expected.length,
      );
      expect(seen.toSorted()).toEqual(expected);
      expect(socket.frames().filter(({ type }) => type === "reset")).toEqual([]);
      expect(socket.sockets()).toBeGreaterThan(1);
      await Promise.all([...streams, socket].map((each) => each.stop()));
      await servers[killed]!.restart();
    },
    120_000,
  );
});

/** The keys of the messages, in the order in which they came. */
function messagesOf(frames: SocketFrame[]): string[] {
  return frames
    .filter(({ type }) => type === "message")
    .map(({ message }) => (message as { client_id: string }).client_id);
}
