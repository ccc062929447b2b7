import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { joinSocket, type SocketClient } from "../support/socket-client.ts";
import type { EventReader } from "../support/sse-client.ts";

const surfaces = ["SSE", "/ws/chat/", "/ws/messaging/"] as const;
type SurfaceName = (typeof surfaces)[number];
type Data = Record<string, unknown>;

/** One window of someone, whatever it speaks: what it saw, in the words of no surface. */
interface Window {
  /** The first event of that kind which fits, come already or yet to come. */
  see(kind: Kind, fits?: (data: Data) => boolean): Promise<Data>;
  seen(kind: Kind): Data[];
  close(): Promise<unknown>;
}
type Kind = "incoming" | "typing" | "read" | "delivered" | "presence" | "unread";

/** Someone on one surface, with as many windows as the test opens. */
interface Party {
  person: ChatPerson;
  windows: Window[];
  /** Sends as this surface does; answers the message's number and the text's conversation. */
  write(to: ChatPerson, text: string): Promise<{ id: number; seq: number; conversation: number }>;
  type(to: ChatPerson): Promise<unknown>;
  read(from: ChatPerson): Promise<unknown>;
}

let server: TestServer;
let lastId = 0;

beforeAll(async () => {
  const limits = { graceMs: 1_000, heartbeatMs: 1_000 };
  server = await startServer({ DEMO: "off", LIMITS: JSON.stringify(limits) });
});

afterAll(() => server?.dispose());

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `u${lastId}`, name: `U ${lastId}` });
}

const sseNames: Record<Kind, string> = {
  incoming: "message",
  typing: "typing",
  read: "read_receipt",
  delivered: "delivery_receipt",
  presence: "presence",
  unread: "unread",
};

/** Each receipt of a stream is about one message; a socket's may be about several. */
function streamWindow(stream: EventReader, me: ChatPerson): Window {
  const isIncoming = (data: Data): boolean => data["sender"] !== me.id;
  const fitting = (kind: Kind, fits: (data: Data) => boolean) => (data: Data) =>
    (kind !== "incoming" || isIncoming(data)) && fits(data);
  return {
    async see(kind, fits = () => true) {
      const match = fitting(kind, (data) => fits(normalize(data)));
      return normalize((await stream.waitFor(sseNames[kind], ({ data }) => match(data))).data);
    },
    seen: (kind) =>
      stream
        .named(sseNames[kind])
        .map(({ data }) => data)
        .filter(fitting(kind, () => true))
        .map(normalize),
    close: () => stream.close(),
  };
}

function socketWindow(socket: SocketClient, me: ChatPerson, name: SurfaceName): Window {
  const types = { ...sseNames, incoming: name === "/ws/chat/" ? "new_message" : "message" };
  const isMine = (data: Data): boolean => data["sender"] === me.id;
  const read = (frame: Data): Data => normalize((frame["message"] as Data | undefined) ?? frame);
  return {
    async see(kind, fits = () => true) {
      const match = (frame: Data): boolean => !isMine(read(frame)) && fits(read(frame));
      return read(await socket.waitFor(types[kind], match));
    },
    seen: (kind) =>
      socket
        .named(types[kind])
        .map(read)
        .filter((data) => !isMine(data)),
    close: () => socket.close(),
  };
}

/** The same names on every surface. */
function normalize(data: Data): Data {
  const text = data["content"] ?? data["message"];
  const id = data["message_id"];
  const ids = data["message_ids"] ?? (typeof id === "number" ? [id] : undefined);
  return { ...data, text, ids };
}

async function createParty(name: SurfaceName): Promise<Party> {
  const person = await nextPerson();
  return name === "SSE" ? createStreamParty(person) : createSocketParty(person, name);
}

async function createStreamParty(person: ChatPerson): Promise<Party> {
  const stream = await person.listen();
  await stream.waitFor("ready");
  return {
    person,
    windows: [streamWindow(stream, person)],
    async write(to, text) {
      const sent = await person.post<Data>("chats/", { receiver_id: to.id, message: text });
      const conversation = Number(sent["conversation"]);
      return { id: Number(sent["id"]), seq: Number(sent["seq"]), conversation };
    },
    type: (to) => person.post("chats/typing/", { receiver_id: to.id, is_typing: true }),
    read: (from) => person.post("chats/mark-read/", { sender_id: from.id }),
  };
}

async function createSocketParty(person: ChatPerson, name: SurfaceName): Promise<Party> {
  const surface = name === "/ws/chat/" ? "chat" : "messaging";
  const options = { surface, acknowledges: true } as const;
  const first = await joinSocket(server, person, options);
  const tabs = surface === "chat" ? [first] : [first, await joinSocket(server, person, options)];
  return {
    person,
    windows: tabs.map((each) => socketWindow(each, person, name)),
    async write(to, text) {
      const sent = await first.ask({ type: "message", recipient_id: to.id, text });
      const message = sent["message"] as Data;
      const conversation = Number(message["conversation"]);
      return { id: Number(message["message_id"]), seq: Number(sent["seq"]), conversation };
    },
    async type(to) {
      first.send({ type: "typing", recipient_id: to.id, is_typing: true });
      await first.settle();
    },
    read: (from) => first.ask({ type: "read", sender_id: from.id }),
  };
}

function everywhere<T>(party: Party, look: (window: Window) => Promise<T>): Promise<T[]> {
  return Promise.all(party.windows.map(look));
}

function unreadOf(party: Party): Promise<unknown> {
  return party.person
    .get<Data>("/api/messaging/unread-count/")
    .then((body) => body["total_unread"]);
}

const pairs = surfaces.flatMap((from) =>
  surfaces.filter((to) => to !== from).map((to): [SurfaceName, SurfaceName] => [from, to]),
);

describe.each(pairs)("from %s to %s", (fromName, toName) => {
  test("messages, typing, receipts, presence and unread are seen in order and once [SEND-6] [HUB-5] [READ-2] [READ-3] [PRES-2] [WS-3]", async () => {
    const [from, to] = [await createParty(fromName), await createParty(toName)];
    const texts = ["one", "two", "three"];
    const sent = [];
    for (const text of texts) sent.push(await from.write(to.person, text));
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    const ids = sent.map(({ id }) => id);

    await everywhere(to, (window) => window.see("incoming", ({ text }) => text === "three"));
    expect(await unreadOf(to)).toBe(3);
    await everywhere(from, (window) => window.see("presence", presenceOf(to, true)));
    await everywhere(to, (window) => window.see("presence", presenceOf(from, true)));
    await everywhere(from, (window) => window.see("delivered", about(ids.at(-1))));

    await from.type(to.person);
    const typed = await everywhere(to, (window) => window.see("typing"));
    for (const each of typed) {
      expect(each).toMatchObject({ sender_id: from.person.id, is_typing: true });
    }

    await to.read(from.person);
    await everywhere(from, (window) => window.see("read", about(ids.at(-1))));
    expect(await unreadOf(to)).toBe(0);
    const back = await to.write(from.person, "four");
    expect(back.seq).toBe(4);
    await everywhere(from, (window) => window.see("incoming", ({ text }) => text === "four"));
    expect(await unreadOf(from)).toBe(1);

    for (const window of to.windows) {
      expect(window.seen("incoming").map(({ text }) => text)).toEqual(texts);
      expect(window.seen("typing")).toHaveLength(1);
    }
    for (const window of from.windows) {
      expect(window.seen("delivered").flatMap((each) => each["ids"])).toEqual(ids);
      expect(window.seen("read").flatMap((each) => each["ids"])).toEqual(ids);
      expect(window.seen("incoming").map(({ text }) => text)).toEqual(["four"]);
    }
    const others = to.windows.slice(1);
    for (const window of others)
      await window.see("unread", ({ unread_count: count }) => count === 0);

    await everywhere(to, (window) => window.close());
    await everywhere(from, (window) => window.see("presence", presenceOf(to, false)));
    await everywhere(from, (window) => window.close());
  });
});

function presenceOf(party: Party, isOnline: boolean): (data: Data) => boolean {
  return (data) => data["user_id"] === party.person.id && data["is_online"] === isOnline;
}

function about(id: number | undefined): (data: Data) => boolean {
  return ({ ids }) => Array.isArray(ids) && ids.includes(id);
}
