import type { ChatPerson } from "./people.ts";

export type SocketFrame = { type: string } & Record<string, unknown>;
export type FramePattern = (frame: SocketFrame) => boolean;
export type Surface = "chat" | "messaging";

/** One WebSocket as a plain program uses it. */
export interface SocketClient {
  /** Everything so far, in order. */
  readonly frames: SocketFrame[];
  named(type: string): SocketFrame[];
  /** The newest event id so far: what a returning client presents. */
  lastEventId(): string | null;
  /** The first frame that fits, come already or yet to come. */
  waitFor(type: string, fits?: FramePattern, limitMs?: number): Promise<SocketFrame>;
  /** Sends text and bytes as they are, anything else as JSON. */
  send(frame: object | string): void;
  /** Sends a request with a ref of its own; its answer or error. */
  ask(frame: object): Promise<SocketFrame>;
  /** Acknowledges everything so far. */
  ack(): void;
  /** Has everything been answered that was sent before? */
  settle(): Promise<void>;
  /** The close code, once the socket is closed by either side. */
  closed: Promise<number>;
  isOpen(): boolean;
  close(code?: number): Promise<void>;
}

export interface SocketOptions {
  surface?: Surface;
  /** The query; the person's token unless given. */
  query?: string;
  headers?: Record<string, string>;
  /** On /ws/messaging/, the first frame; null sends none. */
  hello?: object | null;
  /** Acknowledges every event as it comes. */
  acknowledges?: boolean;
}

interface Waiter {
  look(): void;
  fail(why: string): void;
}

/** Opens a socket as this person and waits until it is greeted; on /ws/messaging/ it says hello. */
export async function openSocket(
  { url }: { url: string },
  person: Pick<ChatPerson, "token">,
  options: SocketOptions = {},
): Promise<SocketClient> {
  const { surface = "chat", query = `token=${person.token}`, hello = {} } = options;
  const address = `${url.replace(/^http/, "ws")}/ws/${surface}/${query && `?${query}`}`;
  const client = createSocketClient(new WebSocket(address, headersOf(options)), options);
  await client.waitFor("connection_established");
  if (surface === "messaging" && hello) client.send({ type: "hello", ...hello });
  return client;
}

/** Opens a socket and waits until everything older has been sent. */
export async function joinSocket(
  place: { url: string },
  person: Pick<ChatPerson, "token">,
  options: SocketOptions = {},
): Promise<SocketClient> {
  const client = await openSocket(place, person, options);
  await client.waitFor("ready");
  return client;
}

function headersOf({ headers = {} }: SocketOptions): { headers: Record<string, string> } {
  return { headers };
}

/** Collects what comes over a socket that was just opened. */
export function createSocketClient(
  socket: WebSocket,
  { acknowledges = false }: Pick<SocketOptions, "acknowledges"> = {},
): SocketClient {
  const frames: SocketFrame[] = [];
  const waiters = new Set<Waiter>();
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  let asked = 0;

  const client: SocketClient = {
    frames,
    closed,
    named: (type) => frames.filter((frame) => frame.type === type),
    lastEventId() {
      const found = frames.findLast((frame) => typeof frame["event_id"] === "string");
      return found ? String(found["event_id"]) : null;
    },
    waitFor(type, fits = () => true, limitMs = 10_000) {
      const { promise, resolve: found, reject } = Promise.withResolvers<SocketFrame>();
      const fail = (why: string): void => {
        const seen = frames.map((frame) => JSON.stringify(frame)).join("\n");
        reject(new Error(`${why} before "${type}" came. Seen:\n${seen}`));
      };
      const look = (): void => {
        const frame = frames.find((each) => (type === "*" || each.type === type) && fits(each));
        if (frame) found(frame);
        else if (socket.readyState === WebSocket.CLOSED) fail("The socket was closed");
      };
      const waiter = { look, fail };
      const timer = setTimeout(() => fail(`${limitMs} ms passed`), limitMs);
      waiters.add(waiter);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiters.delete(waiter);
      });
    },
    send(frame) {
      const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
      socket.send(isRaw ? frame : JSON.stringify(frame));
    },
    ask(frame) {
      asked += 1;
      const ref = `ask-${asked}`;
      client.send({ ...frame, ref });
      return client.waitFor("*", (each) => each["ref"] === ref);
    },
    ack() {
      client.send({ type: "ack", event_id: client.lastEventId() });
    },
    async settle() {
      await client.ask({ type: "ping" });
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    async close(code = 1000) {
      socket.close(code);
      await closed;
    },
  };

  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as SocketFrame;
    frames.push(frame);
    if (acknowledges && typeof frame["event_id"] === "string") client.ack();
    for (const waiter of waiters) waiter.look();
  });
  socket.addEventListener("close", ({ code }) => {
    resolve(code);
    for (const waiter of waiters) waiter.fail(`The socket was closed with ${code}`);
  });
  socket.addEventListener("error", () => undefined);
  return client;
}
