import type { ClientEvent } from "../../../src/client/client-event.ts";
import type { Connection, ConnectionState, Transport } from "../../../src/client/connection.ts";
import { createConnection } from "../../../src/client/create-connection.ts";
import { createHttp } from "../../../src/client/create-http.ts";
import { createTabs } from "../../../src/client/create-tabs.ts";
import type { Tabs } from "../../../src/client/tabs.ts";
import type { GetToken } from "../../../src/client/tokens.ts";
import type { FakeTab } from "./fake-browser.ts";
import { createManualEnvironment, type ManualEnvironment } from "./manual-environment.ts";

/** The server's end of a stream, in the test's hands. */
export interface FakeStream {
  readonly headers: Headers;
  readonly url: string;
  readonly isAborted: boolean;
  write(name: string, data: unknown, id?: string): void;
  writeRaw(text: string): void;
  end(): void;
}

export interface ConnectionRig {
  connection: Connection;
  tabs: Tabs;
  environment: ManualEnvironment;
  /** Everything that was told, in order. */
  events: ClientEvent[];
  types(): string[];
  states: ConnectionState[];
  streams: FakeStream[];
  /** How many tickets were asked for. */
  tickets(): number;
  /** What the server answers instead of a ticket or a stream, until it is null again. */
  answerWith(answer: (() => Response) | null): void;
  socket(): ManualEnvironment["sockets"][number];
  stream(): FakeStream;
  close(): void;
}

export interface ConnectionRigOptions {
  transport?: Transport | "auto";
  getToken?: GetToken;
  tab?: FakeTab;
  random?: () => number;
}

/** One tab with a connection, before it starts. */
export function openConnectionRig(options: ConnectionRigOptions = {}): ConnectionRig {
  const { transport, getToken = () => "token", tab, random } = options;
  const streams: FakeStream[] = [];
  let tickets = 0;
  let instead: (() => Response) | null = null;
  const environment = createManualEnvironment({
    ...tab,
    ...(random && { random }),
    fetch(url, init) {
      if (!environment.isOnline()) return Promise.reject(new TypeError("There is no network"));
      if (instead) return Promise.resolve(instead());
      if (url.endsWith("/sse/events/")) {
        const { stream, response } = createFakeStream(url, init);
        streams.push(stream);
        return Promise.resolve(response);
      }
      tickets += 1;
      return Promise.resolve(Response.json({ ticket: `ticket ${tickets}`, expires_in: 30 }));
    },
  });
  const url = "https://chat.test";
  const tabs = createTabs({ name: "parley", environment });
  const http = createHttp({ url, getToken, environment });
  const connection = createConnection({ url, getToken, http, tabs, environment, transport });
  const events: ClientEvent[] = [];
  const states: ConnectionState[] = [];
  connection.onEvent((event) => events.push(event));
  connection.state.subscribe(() => states.push(connection.state.get()));
  return {
    connection,
    tabs,
    environment,
    events,
    types: () => events.map(({ type, cursor }) => (cursor ? `${type} ${cursor}` : type)),
    states,
    streams,
    tickets: () => tickets,
    answerWith(answer) {
      instead = answer;
    },
    socket: () => environment.sockets.at(-1)!,
    stream: () => streams.at(-1)!,
    close() {
      connection.close();
      tabs.close();
    },
  };
}

function createFakeStream(
  url: string,
  { headers, signal }: RequestInit,
): { stream: FakeStream; response: Response } {
  const encoder = new TextEncoder();
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  signal?.addEventListener("abort", () => controller.error(new DOMException("", "AbortError")));
  const writeRaw = (text: string): void => controller.enqueue(encoder.encode(text));
  const stream: FakeStream = {
    headers: new Headers(headers),
    url,
    get isAborted() {
      return signal?.aborted ?? false;
    },
    write: (name, data, id) =>
      writeRaw(`${id ? `id: ${id}\n` : ""}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    writeRaw,
    end: () => controller.close(),
  };
  const response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  return { stream, response };
}

/** Goes through a handshake until everything missed has arrived. */
export async function bringUp(rig: ConnectionRig, cursor = "e-1"): Promise<void> {
  await rig.environment.advance(0);
  rig.socket().accept();
  rig.socket().say({ type: "ready", event_id: cursor });
  await rig.environment.settle();
}

/** An event of the log that says nothing but its number. */
export function logged(number: number, epoch = "e"): { type: string } & Record<string, unknown> {
  const read = { conversation_id: 1, message_ids: [number], read_at: "2026-01-09T00:00:00.000Z" };
  return { type: "unread", ...read, unread_count: 0, event_id: `${epoch}-${number}` };
}
