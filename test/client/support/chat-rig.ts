import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach } from "vitest";
import type { ChatClient, ChatClientOptions } from "../../../src/client/chat-client.ts";
import { createChatClient } from "../../../src/client/create-chat-client.ts";
import type { ThreadState } from "../../../src/client/thread.ts";
import type { ChatMessage } from "../../../src/protocol/chat-message.ts";
import type { FakeTab } from "./fake-browser.ts";
import { createFakeServer } from "./fake-server.ts";
import type { FakeServer } from "./fake-server.ts";
import { createManualEnvironment } from "./manual-environment.ts";
import type { ManualEnvironment } from "./manual-environment.ts";
import { otherId, viewerId } from "./sample-messages.ts";

/** One page with a client, whose time and socket are in the test's hands. */
export interface ChatRig {
  client: ChatClient;
  environment: ManualEnvironment;
  /** The thread with the other one. */
  thread: ReturnType<ChatClient["thread"]>;
  shown(): string[];
  state(): ThreadState;
  /** Lets things happen until it is so; no time passes. */
  until(isSo: () => boolean): Promise<void>;
  /** Opens the socket, up to `ready`. */
  connect(cursor?: string, first?: { type: string } & Record<string, unknown>): Promise<void>;
  say(frame: { type: string } & Record<string, unknown>): Promise<void>;
  tell(message: ChatMessage, cursor: string): Promise<void>;
  /** Until everything up to that event is kept, and a reload finds it. */
  acknowledged(cursor: string): Promise<void>;
}

interface ChatRigOptions extends Partial<ChatClientOptions> {
  server: FakeServer;
  indexedDB?: IDBFactory | null;
  tab?: FakeTab;
}

/** A server and a browser for each test, and pages that are closed after it. */
export function createChatRigs(): {
  open(options?: Partial<ChatRigOptions>): ChatRig;
  server(): FakeServer;
  indexedDB(): IDBFactory;
} {
  let server = createFakeServer();
  let indexedDB = new IDBFactory();
  const opened: ChatRig[] = [];
  beforeEach(() => {
    server = createFakeServer();
    indexedDB = new IDBFactory();
  });
  afterEach(() => {
    for (const { client } of opened.splice(0)) client.close();
  });
  return {
    open(options = {}) {
      const rig = openChatRig({ server, indexedDB, ...options });
      opened.push(rig);
      return rig;
    },
    server: () => server,
    indexedDB: () => indexedDB,
  };
}

const token = `x.${btoa(JSON.stringify({ user_id: viewerId }))}.y`;

function openChatRig({ server, indexedDB, tab, ...options }: ChatRigOptions): ChatRig {
  const environment = {
    ...createManualEnvironment({ ...tab, fetch: server.fetch }),
    indexedDB: indexedDB ?? null,
  };
  const url = "https://chat.test";
  const client = createChatClient({ url, getToken: () => token, ...options }, environment);
  const thread = client.thread(otherId);

  async function until(isSo: () => boolean): Promise<void> {
    for (let turn = 0; turn < 100 && !isSo(); turn += 1) await environment.settle();
    if (!isSo()) throw new Error(`It never came to that: ${isSo.toString()}`);
  }

  async function say(frame: { type: string } & Record<string, unknown>): Promise<void> {
    environment.sockets.at(-1)!.say(frame);
    await environment.settle();
  }

  return {
    client,
    environment,
    thread,
    shown: () => thread.state.get().messages.map(({ message, status }) => `${message}: ${status}`),
    state: () => thread.state.get(),
    until,
    async connect(cursor = "e-1", first) {
      await until(() => environment.sockets.length > 0);
      environment.sockets.at(-1)!.accept(viewerId);
      if (first) await say(first);
      await say({ type: "ready", event_id: cursor });
      await until(() => client.connection.get().status === "online");
    },
    say,
    async acknowledged(cursor) {
      await environment.advance(5_000);
      const frames = () => environment.sockets.flatMap((socket) => socket.frames());
      await until(() => frames().some((frame) => frame["event_id"] === cursor));
    },
    tell: (message, cursor) =>
      say({ type: "message", message: toFrame(message), event_id: cursor }),
  };
}

/** In the messaging API's words. */
function toFrame(message: ChatMessage): Record<string, unknown> {
  return {
    ...message,
    id: message.uuid,
    message_id: message.id,
    recipient_id: message.receiver_id,
    recipient_name: message.receiver_name,
    recipient_username: message.receiver_username,
    recipient_avatar: message.receiver_avatar,
    text: message.message,
    created_at: message.timestamp,
  };
}
