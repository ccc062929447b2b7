import type { SocketToOpen } from "../../http/env.ts";
import type { HubConnection } from "../../ports/user-hub.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import type { HubFrame } from "../../protocol/event.ts";
import { createHubListener } from "../../usecases/hub-listener.ts";
import type { HubAnswer, HubMethod, HubPlace } from "./hub-place.ts";

/** What processes say to each other about one hub. `id` names a question or a connection. */
export type LinkMessage = { id: string; from: string } & (
  | { type: "ask"; userId: number; method: HubMethod; args: unknown[] }
  | { type: "answer"; value: unknown }
  | { type: "failure"; reason: string }
  | { type: "connect"; userId: number; lastEventId: string | null }
  | { type: "open"; userId: number; opening: SocketToOpen }
  /** From where the client is. */
  | { type: "said"; text: string | null }
  | { type: "heard" }
  | { type: "acknowledged"; number: number }
  /** From where the hub is. */
  | { type: "frame"; frame: HubFrame }
  | { type: "text"; text: string }
  /** Either way. */
  | { type: "closed"; code: number }
  /** Everything between the two is over: words may have been lost. */
  | { type: "cut" }
);

export type WithoutFrom<Message> = Message extends unknown ? Omit<Message, "from"> : never;

export interface LinkOptions {
  say: (to: string, message: WithoutFrom<LinkMessage>) => void;
  /** The user's hub here; null when it is another's. */
  here: (userId: number) => Promise<HubPlace | null>;
}

/** The way to hubs of other processes, and theirs to those here. */
export interface HubLink {
  at(processId: string, userId: number): HubPlace;
  receive(message: LinkMessage): void;
  /** The others with whom something is going on. */
  peers(): Set<string>;
  /** What was going on with them is over; null for all of them. */
  cut(processId: string | null): void;
}

/** One end of a connection whose other end is in another process. */
interface End {
  peer: string;
  receive(message: LinkMessage): void;
  /** The other end is gone. */
  lose(): void;
}

export function createHubLink({ say, here }: LinkOptions): HubLink {
  const ends = new Map<string, End>();
  const desk = { ends, say, find };

  function cut(processId: string | null): void {
    for (const [id, end] of ends) {
      if (processId !== null && end.peer !== processId) continue;
      ends.delete(id);
      end.lose();
    }
  }

  async function find(userId: number): Promise<HubPlace> {
    const hub = await here(userId);
    if (hub) return hub;
    throw new Error("the hub is elsewhere");
  }

  return {
    at: (peer, userId) => createPlace(desk, peer, userId),
    receive(message) {
      if (message.type === "cut") return cut(message.from);
      const end = ends.get(message.id);
      if (end) end.receive(message);
      else if (message.type === "ask") void answer(desk, message);
      else if (message.type === "connect" || message.type === "open") void serve(desk, message);
    },
    peers: () => new Set(Array.from(ends.values(), ({ peer }) => peer)),
    cut,
  };
}

interface Desk {
  ends: Map<string, End>;
  say: LinkOptions["say"];
  find: (userId: number) => Promise<HubPlace>;
}

type Ends = Pick<Desk, "ends" | "say">;

async function answer({ say, find }: Desk, message: LinkMessage & { type: "ask" }): Promise<void> {
  const { id, from, userId, method, args } = message;
  try {
    const hub = await find(userId);
    const ask = hub.ask as (method: HubMethod, ...args: unknown[]) => Promise<unknown>;
    const value = await ask(method, ...args);
    await hub.kept();
    say(from, { type: "answer", id, value: value ?? null });
  } catch (error) {
    say(from, { type: "failure", id, reason: String(error) });
  }
}

/** What its client says meanwhile waits until the hub is found. */
async function serve(desk: Desk, message: Connecting | Opening): Promise<void> {
  const { ends, say, find } = desk;
  const { id, from: peer } = message;
  const early: LinkMessage[] = [];
  ends.set(id, { peer, receive: (said) => void early.push(said), lose: () => undefined });
  try {
    const hub = await find(message.userId);
    if (!ends.has(id)) return;
    if (message.type === "connect") serveStream(desk, message, hub);
    else serveSocket(desk, message, hub);
    for (const said of early) ends.get(id)?.receive(said);
  } catch {
    ends.delete(id);
    say(peer, { type: "closed", id, code: closeCodes.goingAway });
  }
}

/** A hub of another process, as seen from here. */
function createPlace({ ends, say }: Ends, peer: string, userId: number): HubPlace {
  return {
    ask<Method extends HubMethod>(method: Method, ...args: unknown[]) {
      const id = crypto.randomUUID();
      const { promise, resolve, reject } = Promise.withResolvers<HubAnswer<Method>>();
      ends.set(id, {
        peer,
        receive(message) {
          ends.delete(id);
          if (message.type === "answer") resolve(message.value as HubAnswer<Method>);
          else reject(new Error(message.type === "failure" ? message.reason : message.type));
        },
        lose: () => reject(new Error("the hub's process is gone")),
      });
      say(peer, { type: "ask", id, userId, method, args });
      return promise;
    },
    // It answers only once what it was told is kept.
    kept: () => Promise.resolve(),
    connect: ({ lastEventId }) =>
      openStream({ ends, say }, peer, (id) => ({ type: "connect", id, userId, lastEventId })),
    open(opening, wire) {
      const id = crypto.randomUUID();
      const tell = (message: WithoutFrom<LinkMessage>): void => {
        if (ends.has(id)) say(peer, message);
      };
      ends.set(id, {
        peer,
        receive(message) {
          if (message.type === "text") wire.send(message.text);
          if (message.type !== "closed") return;
          ends.delete(id);
          wire.close(message.code);
        },
        lose: () => wire.close(closeCodes.goingAway),
      });
      say(peer, { type: "open", id, userId, opening });
      return {
        receive: (data) => tell({ type: "said", id, text: typeof data === "string" ? data : null }),
        heard: () => tell({ type: "heard", id }),
        leave() {
          tell({ type: "closed", id, code: closeCodes.goingAway });
          ends.delete(id);
        },
      };
    },
  };
}

function openStream(
  { ends, say }: Ends,
  peer: string,
  opening: (id: string) => WithoutFrom<LinkMessage>,
): HubConnection {
  const id = crypto.randomUUID();
  const listener = createHubListener();

  function close(code: number): void {
    if (listener.isClosed()) return;
    ends.delete(id);
    listener.closed(code);
  }

  const tell = (message: WithoutFrom<LinkMessage>): void => {
    if (!listener.isClosed()) say(peer, message);
  };
  ends.set(id, {
    peer,
    receive(message) {
      if (message.type === "frame") listener.hear(message.frame);
      if (message.type === "closed") close(message.code);
    },
    lose: () => close(closeCodes.goingAway),
  });
  say(peer, opening(id));
  return {
    onFrame: (hear) => listener.onFrame(hear),
    onClose: (hear) => listener.onClose(hear),
    acknowledge: (number) => tell({ type: "acknowledged", id, number }),
    ping: () => tell({ type: "heard", id }),
    close(code) {
      tell({ type: "closed", id, code });
      close(code);
    },
  };
}

type Connecting = LinkMessage & { type: "connect" };
type Opening = LinkMessage & { type: "open" };

/** Another process' stream, in a hub here. */
function serveStream(
  { ends, say }: Ends,
  { id, from, ...opening }: Connecting,
  hub: HubPlace,
): void {
  const near = hub.connect(opening);
  ends.set(id, {
    peer: from,
    receive(message) {
      if (message.type === "acknowledged") near.acknowledge(message.number);
      if (message.type === "heard") near.ping();
      if (message.type === "closed") near.close(message.code);
    },
    lose: () => near.close(closeCodes.goingAway),
  });
  near.onFrame((frame) => say(from, { type: "frame", id, frame }));
  near.onClose((code) => {
    if (ends.delete(id)) say(from, { type: "closed", id, code });
  });
}

/** Another process' socket, in a hub here. */
function serveSocket({ ends, say }: Ends, { id, from, opening }: Opening, hub: HubPlace): void {
  const end = hub.open(opening, {
    send: (text) => say(from, { type: "text", id, text }),
    close(code) {
      if (ends.delete(id)) say(from, { type: "closed", id, code });
    },
  });
  ends.set(id, {
    peer: from,
    receive(message) {
      // What is no text is only looked at to refuse it.
      if (message.type === "said") end.receive(message.text ?? new ArrayBuffer(0));
      if (message.type === "heard") end.heard();
      if (message.type !== "closed") return;
      ends.delete(id);
      end.leave();
    },
    lose: () => end.leave(),
  });
}
