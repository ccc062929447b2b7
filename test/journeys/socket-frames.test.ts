import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workerMemory } from "../support/memory-of.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { closingOf, frameBytes, opcodes, type RawFrame } from "../support/raw-frames.ts";
import { shakeHands, type HandshakeAnswer } from "../support/raw-handshake.ts";
import { inParallel } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { joinSocket } from "../support/socket-client.ts";

const { continuation, text, binary, close, ping } = opcodes;
/** Short, and yet longer than whatever else here takes before its first frame. */
const firstFrameMs = 8_000;
const sends = { sendBurst: 1_000_000, sendPerSecond: 1_000_000, textCodePoints: 16_000 };
const limits = { ...sends, firstFrameMs };
/** The window of 256 KiB, one message more, and what is not logged. */
const mostBytes = 320 * 1024;
const mostAnswers = 4 * 1024 * 1024;

/** How a runtime answers a farewell that is none; both ways are good ones. */
const farewell = (workerd: number, bun: number): number =>
  process.env["PARLEY_PLATFORM"] === "bun" ? bun : workerd;

let server: TestServer;
let lastId = 0;

beforeAll(async () => {
  server = await startServer({ DEMO: "off", LIMITS: JSON.stringify(limits) });
});

afterAll(() => server?.dispose());

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `u${lastId}`, name: `U ${lastId}` });
}

async function openRaw(person: ChatPerson, surface: string): Promise<HandshakeAnswer> {
  const answer = await shakeHands(server, { path: `/ws/${surface}/?token=${person.token}` });
  expect(answer.status).toBe(101);
  return answer;
}

/** The payload of a close frame. */
function closing(code: number, ...reason: number[]): Uint8Array {
  return new Uint8Array([code >> 8, code & 0xff, ...reason]);
}

const hello = { opcode: text, payload: '{"type":"hello"}' };
const half = { opcode: text, payload: '{"type":', isLast: false };

describe("broken frames", () => {
  test.each<[string, RawFrame[], number]>([
    ["a reserved bit", [{ ...hello, reserved: 4 }], 1002],
    ["a data frame of no known kind", [{ opcode: 3, payload: "x" }], 1002],
    ["a control frame of no known kind", [{ opcode: 11, payload: "x" }], 1002],
    ["a ping in pieces", [{ opcode: ping, payload: "x", isLast: false }], 1002],
    ["a continuation of nothing", [{ opcode: continuation, payload: "x" }], 1002],
    ["a text inside a text", [half, hello], 1002],
    ["a length of 2 to the 62", [{ ...hello, length: 2n ** 62n }], 1009],
    ["a binary frame", [{ opcode: binary, payload: '{"type":"hello"}' }], 4400],
    ["a text of more than 64 KiB", [{ opcode: text, payload: "x".repeat(70_000) }], 1009],
    ["a close with a code of its own", [{ opcode: close, payload: closing(3000) }], 3000],
    ["a close without a code", [{ opcode: close }], farewell(1000, 1005)],
    [
      "a close with half a code",
      [{ opcode: close, payload: new Uint8Array([3]) }],
      farewell(1000, 1002),
    ],
    ["a close with the code 0", [{ opcode: close, payload: closing(0) }], 1002],
    ["a close with the code 999", [{ opcode: close, payload: closing(999) }], 1002],
    [
      "a close with the code 1005",
      [{ opcode: close, payload: closing(1005) }],
      farewell(1000, 1002),
    ],
    [
      "a close with the code 1006",
      [{ opcode: close, payload: closing(1006) }],
      farewell(1000, 1002),
    ],
    [
      "a close with the code 2999",
      [{ opcode: close, payload: closing(2999) }],
      farewell(2999, 1002),
    ],
    ["a close with the code 1015", [{ opcode: close, payload: closing(1015) }], 1002],
    ["a close with the code 5000", [{ opcode: close, payload: closing(5000) }], 1002],
    ["a close with the code 65535", [{ opcode: close, payload: closing(65_535) }], 1002],
    [
      "a close whose reason is no UTF-8",
      [{ opcode: close, payload: closing(1000, 0xff) }],
      farewell(1000, 1007),
    ],
    [
      "a close with 126 bytes",
      [{ opcode: close, payload: closing(1000, ...Buffer.alloc(124, "A")) }],
      farewell(1000, 1002),
    ],
    ["a close in pieces", [{ opcode: close, payload: closing(1000), isLast: false }], 1002],
    [
      "two closes",
      [
        { opcode: close, payload: closing(3000) },
        { opcode: close, payload: closing(3001) },
      ],
      3000,
    ],
    [
      "a close and more",
      [{ opcode: close, payload: closing(3000) }, hello, { ...hello, reserved: 4 }],
      3000,
    ],
  ])("%s is answered with its close code, and others go on [WS-2]", async (_, frames, code) => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const raw = await openRaw(alice, "messaging");
    const closed = closingOf(raw);
    raw.socket.write(Buffer.concat(frames.map((frame) => frameBytes(frame))));
    expect((await closed).code).toBe(code);
    raw.socket.destroy();

    const next = await joinSocket(server, alice, { surface: "messaging" });
    await bob.post("chats/", { receiver_id: alice.id, message: "still there" });
    await next.waitFor("message");
    await next.close();
  });

  test("a text in a thousand pieces is one frame [WS-2]", async () => {
    const alice = await nextPerson();
    const raw = await openRaw(alice, "messaging");
    const padded = `${" ".repeat(985)}{"type":"ping"} `;
    const pieces = [...padded].map((payload, index) => ({
      opcode: index === 0 ? text : continuation,
      payload,
      isLast: index === padded.length - 1,
    }));
    const answered = new Promise<string>((resolve) => {
      raw.socket.on("data", (chunk: string) => chunk.includes("pong") && resolve(chunk));
    });
    raw.socket.write(Buffer.concat(pieces.map((piece) => frameBytes(piece))));
    expect(await answered).toContain('{"type":"pong"}');
    raw.socket.destroy();
  });
});

// Together, as one of them waits for nothing but time.
describe.concurrent("a text in very many pieces", () => {
  const one = (payload: string, index: number, last: number): Buffer =>
    frameBytes({ opcode: index === 0 ? text : continuation, payload, isLast: index === last });

  test("of one byte each is closed with 1009 beyond 64 KiB, and others go on meanwhile [WS-2]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const raw = await openRaw(alice, "messaging");
    const closed = closingOf(raw);
    const other = await joinSocket(server, bob, { surface: "messaging" });
    const last = 100_000 - 1;
    const pieces = Array.from({ length: last + 1 }, (_, index) => one("x", index, last));
    const memory = await workerMemory(server);
    raw.socket.write(Buffer.concat(pieces));
    for (let count = 0; count < 10; count += 1) await other.settle();
    expect((await closed).code).toBe(1009);
    expect((await workerMemory(server)) - memory).toBeLessThan(100);
    await other.settle();
    await other.close();
    raw.socket.destroy();
  });

  test("that never ends is no first frame: it is closed with 4408 when its time is over [WS-4]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const started = performance.now();
    const raw = await openRaw(alice, "messaging");
    const closed = closingOf(raw);
    raw.socket.write(frameBytes(half));
    const other = await joinSocket(server, bob, { surface: "messaging" });
    expect((await closed).code).toBe(4408);
    expect(performance.now() - started).toBeGreaterThan(firstFrameMs * 0.9);
    await other.settle();
    await other.close();
    raw.socket.destroy();
  });
});

describe("a socket that asks and is not read", () => {
  test("is closed with 4008 before much waits for it [FLOW-1] [WS-5]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const raw = await openRaw(alice, "messaging");
    const closed = closingOf(raw);
    raw.socket.write(frameBytes(hello));
    raw.socket.pause();
    const other = await joinSocket(server, bob, { surface: "messaging" });
    const memory = await workerMemory(server);
    const ref = "x".repeat(64);
    const asking = frameBytes({ opcode: text, payload: JSON.stringify({ type: "shout", ref }) });
    // Each is answered with more than a hundred bytes.
    const batch = Buffer.concat(Array.from({ length: 1_000 }, () => asking));
    for (let count = 0; count < 60; count += 1) {
      raw.socket.write(batch);
      await other.settle();
    }
    expect((await workerMemory(server)) - memory).toBeLessThan(100);
    raw.socket.resume();
    const { code, bytes } = await closed;
    expect(code).toBe(4008);
    expect(bytes).toBeGreaterThan(mostAnswers * 0.9);
    expect(bytes).toBeLessThan(mostAnswers * 1.1);
    await other.close();
    raw.socket.destroy();
  });
});

describe("a socket that is not read", () => {
  test("is closed with 4008 before much waits for it, and nineteen others get everything [FLOW-1]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const stalled = await openRaw(bob, "messaging");
    const closed = closingOf(stalled);
    stalled.socket.write(frameBytes(hello));
    stalled.socket.pause();
    const quick = { surface: "messaging", acknowledges: true } as const;
    const others = await Promise.all(
      Array.from({ length: 19 }, () => joinSocket(server, bob, quick)),
    );
    const keys = Array.from({ length: 100 }, (_, index) => `key${index}`);
    const message = "x".repeat(16_000);
    await inParallel(4, keys, async (key) => {
      await alice.post("chats/", { receiver_id: bob.id, message, client_id: key });
      return 0;
    });
    for (const other of others) {
      await other.waitFor("message", () => other.named("message").length === keys.length);
      expect(other.isOpen()).toBe(true);
    }
    stalled.socket.resume();
    const { code, bytes } = await closed;
    expect(code).toBe(4008);
    expect(bytes).toBeLessThan(mostBytes);
    stalled.socket.destroy();
    await Promise.all(others.map((other) => other.close()));
  });
});
