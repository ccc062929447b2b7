import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createPorts } from "../../../src/platforms/cloudflare/ports.ts";
import worker from "../../../src/platforms/cloudflare/worker.ts";
import { createClientSocket, type ClientSocket } from "./client-socket.ts";

const origin = "http://parley.test";
const kib = 1_024;

interface Person {
  id: number;
  token: string;
}

const surfaces = ["chat", "messaging"] as const;
type Surface = (typeof surfaces)[number];

let alice: Person;
let bob: Person;
let opened: ClientSocket[] = [];
let asked = 0;
let guests = 0;

beforeAll(async () => {
  [alice, bob] = [await createPerson("alice"), await createPerson("bob")];
});

afterEach(() => {
  for (const socket of opened) socket.close();
  opened = [];
});

async function createPerson(name: string): Promise<Person> {
  const { issuer, users } = createPorts(env, "worker");
  const profile = {
    externalId: `sock-${name}`,
    username: `sock-${name}`,
    fullName: "",
    avatar: null,
  };
  const token = await issuer.issueToken(profile);
  return { id: (await users.ensureUser(profile)).id, token };
}

function call(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return worker.fetch(new Request(`${origin}${path}`, { headers }));
}

/** As someone who opens no other socket: how often one person may is limited. */
async function open(surface: Surface, given?: Person): Promise<ClientSocket> {
  const person = given ?? (await createPerson(`guest-${(guests += 1)}`));
  const response = await call(`/ws/${surface}/?token=${person.token}`, { Upgrade: "websocket" });
  if (!response.webSocket) throw new Error(`The handshake answered ${response.status}`);
  const socket = createClientSocket(response.webSocket);
  opened.push(socket);
  await socket.wait(({ type }) => type === "connection_established");
  return socket;
}

/** Asks something good, which must be answered. */
async function expectAlive(socket: ClientSocket): Promise<void> {
  const ref = `alive-${(asked += 1)}`;
  expect(await socket.ping(ref)).toEqual({ type: "pong", ref });
}

/** Nothing that was refused is stored. */
async function expectNothingStored(): Promise<void> {
  const headers = { Authorization: `Bearer ${bob.token}` };
  const response = await call("/api/messaging/conversations/", headers);
  expect(await response.json()).toMatchObject({ results: [] });
}

const isError = (frame: Record<string, unknown>): boolean => frame["type"] === "error";

describe.each(surfaces)("WS handshake of /ws/%s/", (surface) => {
  it.each([
    ["no upgrade", {}, 426],
    ["another upgrade", { Upgrade: "h2c" }, 426],
    ["a cookie only", { Upgrade: "websocket", Cookie: "token=x" }, 401],
    ["a broken header", { Upgrade: "websocket", Authorization: "Bearer" }, 401],
    ["an evil origin", { Upgrade: "websocket", Origin: "https://evil.example" }, 403],
    ["no origin at all", { Upgrade: "websocket", Origin: "null" }, 403],
  ])("with %s is refused in JSON [WS-1] [ERR-1]", async (_, headers, status) => {
    const query = status === 401 ? "" : `?token=${alice.token}`;
    const response = await call(`/ws/${surface}/${query}`, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.webSocket).toBeFalsy();
    expect(response.headers.get("Upgrade")).toBe(status === 426 ? "websocket" : null);
    await expectAlive(await open(surface));
  });
});

describe.each(surfaces)("WS frames of /ws/%s/", (surface) => {
  const padded = (size: number): string => {
    const frame = '{"type":"ping","ref":"edge","pad":""}';
    return frame.replace('""', `"${"x".repeat(size - frame.length)}"`);
  };

  it("has room for 64 KiB, and one byte more is closed with 1009 [WS-2]", async () => {
    const socket = await open(surface);
    socket.send(padded(64 * kib));
    expect(await socket.wait(({ ref }) => ref === "edge")).toMatchObject({ type: "pong" });
    socket.send(padded(64 * kib + 1));
    expect(await socket.closed).toBe(1009);
    await expectAlive(await open(surface));
  });

  it.each([
    ["bytes that are a frame", new TextEncoder().encode('{"type":"ping"}')],
    ["no bytes", new Uint8Array()],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0xfd])],
  ])("in binary, %s, is closed with 4400 [WS-2]", async (_, bytes) => {
    const socket = await open(surface);
    socket.send(bytes);
    expect(await socket.closed).toBe(4400);
    await expectAlive(await open(surface));
  });

  it("after what it is closed for are not served [WS-2]", async () => {
    const socket = await open(surface);
    const late = { type: "message", recipient_id: bob.id, text: "too late" };
    socket.send(new Uint8Array());
    for (let count = 0; count < 3; count += 1) socket.send(JSON.stringify(late));
    expect(await socket.closed).toBe(4400);
    await expectAlive(await open(surface, bob));
    await expectNothingStored();
  });

  it.each([
    ["an empty text", ""],
    ["what invalid UTF-8 becomes", "\uFFFD\uFFFD"],
    ["deep JSON", "[".repeat(30_000) + "]".repeat(30_000)],
    ["deep JSON in a field", `{"type":"message","text":${"[".repeat(9_000)}${"]".repeat(9_000)}}`],
    ["a prototype", '{"__proto__":{"type":"ping"}}'],
    ["PING", "PING"],
  ])("holding %s is answered with an error, and the socket stays [WS-2]", async (_, text) => {
    const socket = await open(surface);
    socket.send(text);
    expect(await socket.wait(isError)).toMatchObject({ code: "invalid-frame" });
    await expectAlive(socket);
  });
});

describe.each(surfaces)("WS messages of /ws/%s/", (surface) => {
  const good = () => ({ type: "message", recipient_id: bob.id, text: "hello" });

  it.each<[string, (frame: ReturnType<typeof good>) => object]>([
    ["of an unknown type", (frame) => ({ ...frame, type: "shout" })],
    ["of the type __proto__", (frame) => ({ ...frame, type: "__proto__" })],
    ["of the type constructor", (frame) => ({ ...frame, type: "constructor" })],
    ["of no type", ({ text }) => ({ text })],
    ["of a list as type", (frame) => ({ ...frame, type: ["message"] })],
    ["to nobody", ({ text }) => ({ type: "message", text })],
    ["to a list", (frame) => ({ ...frame, recipient_id: [bob.id] })],
    ["to an object", (frame) => ({ ...frame, recipient_id: { id: bob.id } })],
    ["to both a user and a conversation", (frame) => ({ ...frame, conversation_id: 1 })],
    ["with a list as text", (frame) => ({ ...frame, text: ["hello"] })],
    ["with a number as text", (frame) => ({ ...frame, text: 1 })],
    ["with an empty client_id", (frame) => ({ ...frame, client_id: "" })],
    ["with a client_id of 65", (frame) => ({ ...frame, client_id: "x".repeat(65) })],
    ["with an object as client_id", (frame) => ({ ...frame, client_id: {} })],
  ])("%s is invalid-frame with its ref; nothing is stored [WS-2] [ERR-1]", async (_, spoil) => {
    const socket = await open(surface);
    socket.send(JSON.stringify({ ...spoil(good()), ref: "r" }));
    expect(await socket.wait(isError)).toMatchObject({ code: "invalid-frame", ref: "r" });
    await expectAlive(socket);
    await expectNothingStored();
  });

  it.each([
    ["an empty text", { text: "" }, "empty-message"],
    ["no text", { text: undefined }, "empty-message"],
    ["an invisible text", { text: "\u200B \n" }, "empty-message"],
    ["4,001 characters", { text: "x".repeat(4_001) }, "text-too-long"],
    ["a NUL", { text: "a\u0000b" }, "invalid-request"],
    ["another text as content", { content: "other" }, "invalid-request"],
    ["a receiver that nobody is", { recipient_id: 999_999_999 }, "not-found"],
  ])("with %s is refused with its own code [WS-2] [SEND-4]", async (_, change, code) => {
    const socket = await open(surface);
    socket.send(JSON.stringify({ ...good(), ...change, ref: "r" }));
    expect(await socket.wait(isError)).toMatchObject({ code, ref: "r" });
    await expectAlive(socket);
    await expectNothingStored();
  });

  it("is given up with 4400 after ten in a row that make no sense, not before [WS-2]", async () => {
    const socket = await open(surface);
    for (let count = 0; count < 9; count += 1) socket.send("nonsense");
    await expectAlive(socket);
    for (let count = 0; count < 10; count += 1) socket.send("nonsense");
    expect(await socket.closed).toBe(4400);
    expect(socket.frames.filter(isError)).toHaveLength(19);
    await expectAlive(await open(surface));
  });

  it.each([
    ["the future", (id: string) => id.replace(/\d+$/, "999999")],
    ["before the beginning", (id: string) => id.replace(/\d+$/, "-1")],
    ["a fraction", (id: string) => id.replace(/\d+$/, "0.5")],
    ["the oldest", (id: string) => id.replace(/\d+$/, "0")],
    ["another log", () => "zzzzzzzz-1"],
    ["nothing", () => ""],
    ["garbage", () => "Robert'); DROP TABLE"],
  ])("that acknowledges %s does no harm [WS-5]", async (_, spoil) => {
    const socket = await open(surface);
    if (surface === "messaging") socket.send('{"type":"hello"}');
    const ready = await socket.wait(({ type }) => type === "ready");
    socket.send(JSON.stringify({ type: "ack", event_id: spoil(String(ready["event_id"])) }));
    await expectAlive(socket);
    expect(socket.isOpen()).toBe(true);
  });

  it.each(['{"type":"ping" }', ' {"type":"ping"}', '{"type":"ping","x":1}', '{"type":"ping"}'])(
    "%s is answered with pong [WS-6]",
    async (text) => {
      const socket = await open(surface);
      socket.send(text);
      expect(await socket.wait(({ type }) => type === "pong")).toEqual({ type: "pong" });
    },
  );

  it("in a batch of 1,000 are each answered once, most of them with rate-limited [SEND-5] [WS-3]", async () => {
    const [sender, receiver] = [
      await createPerson(`batch-${surface}`),
      await createPerson(`sink-${surface}`),
    ];
    const socket = await open(surface, sender);
    for (let ref = 0; ref < 1_000; ref += 1) {
      const frame = { type: "message", recipient_id: receiver.id, text: `${ref}`, ref };
      socket.send(JSON.stringify(frame));
    }
    const answers = () => socket.frames.filter(({ ref }) => typeof ref === "number");
    await socket.wait(() => answers().length === 1_000);
    const sent = answers().filter(({ type }) => type === "message_sent");
    const others = answers().filter(({ type }) => type !== "message_sent");
    expect(new Set(others.map(({ code }) => code))).toEqual(new Set(["rate-limited"]));
    expect(others[0]).toHaveProperty("retry_after_ms");
    expect(sent.length).toBeGreaterThanOrEqual(20);
    expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
    const refs = sent.map(({ ref }) => Number(ref));
    expect(refs).toEqual(refs.toSorted((a, b) => a - b));
    await expectAlive(socket);
  });
});
