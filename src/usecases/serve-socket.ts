import type { Connection } from "../core/connection.ts";
import type { AskingConnection } from "../core/hub-feed.ts";
import type { Hub } from "../core/hub.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { parseCursor } from "../protocol/cursor.ts";
import { ChatError } from "../protocol/error.ts";
import type { SocketRequest } from "../protocol/socket-requests.ts";
import { answerFrame, type AnswerPorts, type Asker, type Question } from "./answer-frame.ts";
import type { HubHost } from "./host-hub.ts";
import { FrameError, readFrame } from "./read-frame.ts";

export interface SocketConnection extends Connection {
  say(frame: object): void;
}

export interface ServePorts extends AnswerPorts {
  userId: number;
  hub: Hub;
  host: HubHost;
}

/** Serves the frames of the hub's own sockets, one after another for each socket. */
export interface SocketServer {
  receive(connection: SocketConnection, asker: Asker, data: string | ArrayBuffer): Promise<void>;
}

/** Bytes of a frame; more is not read. */
const mostBytes = 64 * 1024;
/** Frames in a row that make no sense, after which the connection is given up. */
const mostMistakes = 10;
/** Frames of one socket that wait their turn. */
const mostWaiting = 100;

/** A question is answered within this time, the time in which it waits its turn included (ERR-2). */
const answerWithinMs = 9_500;
/** Questions of one user, beside what sends and typing have limits of their own for. */
const pace = { burst: 60, perSecond: 10 };
/** What must not wait behind a send that waits for Postgres. */
const quick = new Set<Question["type"]>(["typing", "presence", "ping"]);
const encoder = new TextEncoder();

export function createSocketServer(ports: ServePorts): SocketServer {
  const lanes = new WeakMap<Connection, { last: Promise<void>; waiting: number }>();
  const { refuse, forgive } = createRefusal(ports);

  async function answer({ connection, asker, question, askedAt }: Turn): Promise<void> {
    const { ref } = question;
    const asking = { id: connection.id, answer: ref === undefined ? {} : { ref }, isTold: false };
    try {
      const seen = { ...ports, hubs: hubsSeenFrom(ports, asking) };
      const left = askedAt + answerWithinMs - ports.clock.now();
      const reply = await inTime(ports, answerFrame(seen, asker, question), left);
      // A send's answer may have come with the log already, in its place.
      if (reply && !asking.isTold) connection.say({ ...reply, ...asking.answer });
    } catch (error) {
      refuse(connection, error, ref);
    }
  }

  /** Questions of one socket are answered in their order. */
  async function queue(turn: Turn): Promise<void> {
    const lane = lanes.get(turn.connection) ?? { last: Promise.resolve(), waiting: 0 };
    lanes.set(turn.connection, lane);
    if (lane.waiting >= mostWaiting) throw new ChatError("rate-limited", { retryAfterMs: 1_000 });
    lane.waiting += 1;
    lane.last = lane.last.then(() => answer(turn));
    await lane.last;
    lane.waiting -= 1;
  }

  return {
    async receive(connection, asker, data) {
      if (typeof data !== "string") return connection.close(closeCodes.badFrames);
      if (isTooBig(data)) return connection.close(closeCodes.tooBig);
      let ref: unknown;
      try {
        const request = readFrame(data);
        const question = place(ports, connection, request);
        forgive(connection);
        if (!question) return;
        ({ ref } = question);
        const { allowed, retryAfterMs } = ports.limiter.take(`frame:${ports.userId}`, pace);
        if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
        const turn = { connection, asker, question, askedAt: ports.clock.now() };
        await (quick.has(question.type) ? answer(turn) : queue(turn));
      } catch (error) {
        refuse(connection, error, error instanceof FrameError ? error.ref : ref);
      }
    },
  };
}

interface Turn {
  connection: SocketConnection;
  asker: Asker;
  question: Question;
  /** When it came, ms. */
  askedAt: number;
}

function isTooBig(text: string): boolean {
  // One UTF-16 unit is at most three bytes: most frames need no count.
  return text.length * 3 > mostBytes && encoder.encode(text).length > mostBytes;
}

/** What was begun goes on, so that a retry with the same client_id finds it. */
function inTime<T>({ clock }: ServePorts, work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = clock.every(Math.max(0, ms), () => {
      stop();
      reject(new ChatError("history-unavailable", { retryAfterMs: 2_000 }));
    });
    // eslint-disable-next-line promise/no-callback-in-promise -- a race, with the loser's timer stopped
    work.then(resolve, reject).finally(stop);
  });
}

interface Refusal {
  refuse(connection: SocketConnection, error: unknown, ref?: unknown): void;
  forgive(connection: Connection): void;
}

/** Says what was wrong, and gives a connection up that makes no sense time after time. */
function createRefusal(ports: ServePorts): Refusal {
  const mistakes = new WeakMap<Connection, number>();

  return {
    refuse(connection, error, ref) {
      connection.say(describeError(ports, error, ref));
      if (!(error instanceof FrameError) || error.isUnknownType) return;
      const count = (mistakes.get(connection) ?? 0) + 1;
      mistakes.set(connection, count);
      if (count >= mostMistakes) connection.close(closeCodes.badFrames);
    },
    forgive: (connection) => void mistakes.delete(connection),
  };
}

/** Does what concerns the connection's place in the log; returns what is left to answer. */
function place(
  { hub, clock }: ServePorts,
  connection: Connection,
  request: SocketRequest,
): Question | null {
  const isWaiting = connection.position().stage === "waiting";
  if (request.type === "hello") {
    if (!isWaiting) throw new FrameError("hello is only good as the first frame", request.ref);
    hub.join(connection, asEventId(request.last_event_id), clock.now());
    return null;
  }
  if (isWaiting) hub.join(connection, null, clock.now());
  if (request.type !== "ack") return request;
  const cursor = parseCursor(request.event_id);
  if (cursor?.epoch === hub.store.epoch) hub.acknowledge(connection, cursor.number, clock.now());
  return null;
}

/** Whatever is none of our ids is an unknown place, which a hub answers with `reset` (RESUME-2). */
function asEventId(given: unknown): string | null {
  if (given === undefined || given === null || given === "") return null;
  return typeof given === "string" && given.length <= 64 ? given : "?";
}

/** The hubs as a socket's own hub sees them: itself it asks without going out of the house. */
function hubsSeenFrom({ userId, host, hubs }: ServePorts, asking: AskingConnection): UserHubs {
  const isOwn = (id: number): boolean => id === userId;
  return {
    ...hubs,
    deliver(id, events) {
      if (!isOwn(id)) return hubs.deliver(id, events);
      // Only a send is answered by its event; receipts are events beside the answer.
      const isSend = events.every((event) => event.type === "message");
      return isSend ? host.deliver(events, asking) : host.deliver(events);
    },
    type: (sender, receiverId, isTyping) => host.type(sender, receiverId, isTyping),
    listPresence: (id) => (isOwn(id) ? host.listPresence() : hubs.listPresence(id)),
    sync: (id, heads) => (isOwn(id) ? host.sync(heads) : hubs.sync(id, heads)),
    introduce: async (id, partnerIds) =>
      isOwn(id) ? host.introduce(partnerIds) : hubs.introduce(id, partnerIds),
  };
}

function describeError(
  { log }: Pick<ServePorts, "log">,
  error: unknown,
  ref: unknown,
): Record<string, unknown> {
  const known = error instanceof ChatError ? error : new ChatError("internal", { cause: error });
  if (known.status >= 500)
    log.error("frame.failed", { code: known.code, reason: String(known.cause) });
  return {
    type: "error",
    code: known.code,
    detail: known.message,
    ...(known.retryAfterMs !== null && { retry_after_ms: known.retryAfterMs }),
    ...(ref !== undefined && { ref }),
  };
}
