import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createBrowserEnvironment } from "../../src/client/browser-environment.ts";
import type { ClientEvent } from "../../src/client/client-event.ts";
import type { Connection, ConnectionState, Transport } from "../../src/client/connection.ts";
import { createConnection } from "../../src/client/create-connection.ts";
import { createHttp } from "../../src/client/create-http.ts";
import { createTabs } from "../../src/client/create-tabs.ts";
import { createTokens, type GetToken } from "../../src/client/tokens.ts";
import { signIn, signToken, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { createSocketlessProxy } from "../support/socketless-proxy.ts";

let server: TestServer;
let lastId = 0;
const open: { close(): void }[] = [];

beforeAll(async () => {
  // A stream looks at its token when its heart beats.
  const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000, heartbeatMs: 1_000 };
  server = await startServer({ DEMO: "off", LIMITS: JSON.stringify(limits) });
});

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

afterAll(() => server?.dispose());

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `c${lastId}`, name: `C ${lastId}` });
}

async function write(from: ChatPerson, to: ChatPerson, text: string): Promise<void> {
  await from.post("chats/", { receiver_id: to.id, message: text });
}

interface Client {
  connection: Connection;
  events: ClientEvent[];
  states: ConnectionState[];
  texts(): string[];
  until(check: () => void): Promise<void>;
  untilOnline(): Promise<void>;
}

interface ClientOptions {
  url?: string;
  transport?: Transport;
  tabs?: string;
}

/** A connection of the browser client, with this runtime's own WebSocket, fetch, locks and channels. */
function openClient(getToken: GetToken, options: ClientOptions = {}): Client {
  const { url = server.url, transport, tabs: name = crypto.randomUUID() } = options;
  const environment = createBrowserEnvironment();
  const tokens = createTokens(getToken);
  const tabs = createTabs({ name, environment });
  const http = createHttp({ url, getToken: tokens, environment });
  const connection = createConnection({
    url,
    getToken: tokens,
    http,
    tabs,
    environment,
    transport,
  });
  const events: ClientEvent[] = [];
  const states: ConnectionState[] = [];
  connection.state.subscribe(() => states.push(connection.state.get()));
  connection.onEvent((event) => {
    events.push(event);
    if (event.cursor) connection.applied(event.cursor);
  });
  open.push({
    close() {
      connection.close();
      tabs.close();
    },
  });
  const until = (check: () => void): Promise<void> => vi.waitFor(check, 30_000);
  return {
    connection,
    events,
    states,
    texts: () =>
      events.flatMap((event) => (event.type === "message" ? [event.message.message] : [])),
    until,
    untilOnline: () => until(() => expect(connection.state.get().status).toBe("online")),
  };
}

const transports: Transport[] = ["websocket", "sse"];

describe.each(transports)("the client by %s", (transport) => {
  test("hears each event once, and has the messages delivered by that", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const listening = openClient(() => bob.token, { transport });
    const writing = openClient(() => alice.token, { transport });
    listening.connection.start(null);
    writing.connection.start(null);
    await Promise.all([listening.untilOnline(), writing.untilOnline()]);
    const texts = Array.from({ length: 60 }, (_, index) => `text ${index}`);
    for (const text of texts) await write(alice, bob, text);
    await listening.until(() => expect(listening.texts()).toEqual(texts));
    const count = listening.events.find((event) => event.type === "message");
    expect(count).toMatchObject({ unread_count: 1, message: { sender: alice.id, seq: 1 } });
    const delivered = (): number[] =>
      writing.events.flatMap((event) =>
        event.type === "delivery_receipt" ? event.message_ids : [],
      );
    await writing.until(() => expect(new Set(delivered()).size).toBe(texts.length));
    expect(delivered()).toHaveLength(texts.length);
    await bob.post("chats/mark-read/", { sender_id: alice.id });
    await writing.until(() => {
      const read = writing.events.flatMap((event) =>
        event.type === "read_receipt" ? event.message_ids : [],
      );
      expect(read.toSorted((one, other) => one - other)).toHaveLength(texts.length);
    });
  });

  test("resumes after the last event, in another page too", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const first = openClient(() => bob.token, { transport });
    first.connection.start(null);
    await first.untilOnline();
    await write(alice, bob, "one");
    await first.until(() => expect(first.texts()).toEqual(["one"]));
    first.connection.close();
    await write(alice, bob, "two");
    await write(alice, bob, "three");
    const cursor = first.events.findLast(({ cursor }) => cursor)?.cursor ?? null;
    const second = openClient(() => bob.token, { transport });
    second.connection.start(cursor);
    await second.untilOnline();
    expect(second.texts()).toEqual(["two", "three"]);
    second.connection.reconnect();
    await write(alice, bob, "four");
    await second.until(() => expect(second.texts()).toEqual(["two", "three", "four"]));
  });

  test("goes on when its token expires", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const claims = { user_id: bob.id, username: `c${bob.id}`, name: bob.name };
    let token = await signToken(server.authSecret, claims, "3s");
    let renewals = 0;
    const client = openClient(
      async ({ refresh }) => {
        if (refresh) {
          renewals += 1;
          token = await signToken(server.authSecret, claims);
        }
        return token;
      },
      { transport },
    );
    client.connection.start(null);
    await client.untilOnline();
    await client.until(() => expect(renewals).toBe(1));
    await client.untilOnline();
    await write(alice, bob, "still here");
    await client.until(() => expect(client.texts()).toEqual(["still here"]));
    expect(renewals).toBe(1);
    expect(client.states.map(({ status }) => status)).not.toContain("signed-out");
  });
});

describe("the client", () => {
  test("falls back to server-sent events where no socket comes through", async () => {
    const proxy = await createSocketlessProxy(server.url);
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const client = openClient(() => bob.token, { url: proxy.url });
    client.connection.start(null);
    await client.untilOnline();
    expect(client.connection.state.get().transport).toBe("sse");
    expect(proxy.refused()).toBe(2);
    await write(alice, bob, "by the other way");
    await client.until(() => expect(client.texts()).toEqual(["by the other way"]));
    client.connection.close();
    await proxy.close();
  });

  test("shares one link among tabs, and hands it over", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const tabs = crypto.randomUUID();
    const [first, second] = [1, 2].map(() => openClient(() => bob.token, { tabs })) as [
      Client,
      Client,
    ];
    first.connection.start(null);
    await first.untilOnline();
    second.connection.start(null);
    await second.untilOnline();
    expect(second.connection.send({ type: "presence" })).toBe(false);
    await write(alice, bob, "one");
    for (const each of [first, second]) {
      await each.until(() => expect(each.texts()).toEqual(["one"]));
    }
    open[0]!.close();
    await write(alice, bob, "two");
    await second.until(() => expect(second.texts()).toEqual(["one", "two"]));
    expect(second.connection.send({ type: "presence" })).toBe(true);
  });

  test("comes back by itself when the server does, with all that it missed", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const clients = transports.map((transport) => openClient(() => bob.token, { transport }));
    for (const { connection } of clients) connection.start(null);
    for (const client of clients) await client.untilOnline();
    await write(alice, bob, "before");
    for (const client of clients) {
      await client.until(() => expect(client.texts()).toEqual(["before"]));
    }
    await server.stop();
    for (const client of clients) {
      await client.until(() =>
        expect(client.connection.state.get()).toMatchObject({ status: "reconnecting" }),
      );
    }
    await server.restart();
    await write(alice, bob, "after");
    for (const client of clients) {
      await client.until(() => expect(client.texts()).toEqual(["before", "after"]));
      await client.untilOnline();
    }
  });

  test("is signed out by a token that nobody signed", async () => {
    const stranger = openClient(() => "none of ours");
    stranger.connection.start(null);
    await stranger.until(() => expect(stranger.connection.state.get().status).toBe("signed-out"));
  });
});
