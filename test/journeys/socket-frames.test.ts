import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, type ChatPerson } from "../support/people.ts";
import { closingOf, frameBytes, opcodes, type RawFrame } from "../support/raw-frames.ts";
import { shakeHands, type HandshakeAnswer } from "../support/raw-handshake.ts";
import { inParallel } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { joinSocket } from "../support/socket-client.ts";

const { continuation, text, binary, close, ping } = opcodes;
const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000, textCodePoints: 16_000 };
/** The window of 256 KiB, one message more, and what is not logged. */
const mostBytes = 320 * 1024;

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
    [
      "a close with a code of its own",
      [{ opcode: close, payload: new Uint8Array([0x0b, 0xb8]) }],
      3000,
    ],
    ["a close without a code", [{ opcode: close }], 1000],
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
