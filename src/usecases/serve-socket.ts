import type { Connection } from "../core/connection.ts";
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

export function createSocketServer(ports: ServePorts): SocketServer {
  const lanes = new WeakMap<Connection, { last: Promise<void>; waiting: number }>();
  const { refuse, forgive } = createRefusal(ports);

  async function answer(
    connection: SocketConnection,
    asker: Asker,
    question: Question,
  ): Promise<void> {
    const { ref } = question;
    try {
      const seen = { ...ports, hubs: hubsSeenFrom(ports, connection.id) };
      const reply = await answerFrame(seen, asker, question);
      if (reply) connection.say({ ...reply, ...(ref !== undefined && { ref }) });
    } catch (error) {
      refuse(connection, error, ref);
    }
  }

  /** Questions of one socket are answered in their order; what concerns the connection itself never waits. */
  async function queue(
    connection: SocketConnection,
    asker: Asker,
    question: Question,
  ): Promise<void> {
    const lane = lanes.get(connection) ?? { last: Promise.resolve(), waiting: 0 };
    lanes.set(connection, lane);
    if (lane.waiting >= mostWaiting) {
      return refuse(
        connection,
        new ChatError("rate-limited", { retryAfterMs: 1_000 }),
        question.ref,
      );
    }
    lane.waiting += 1;
    lane.last = lane.last.then(() => answer(connection, asker, question));
    await lane.last;
    lane.waiting -= 1;
  }

  return {
    async receive(connection, asker, data) {
      if (typeof data !== "string") return connection.close(closeCodes.badFrames);
      if (data.length > mostBytes) return connection.close(closeCodes.tooBig);
      try {
        const request = readFrame(data);
        const question = place(ports, connection, request);
        forgive(connection);
        if (question) await queue(connection, asker, question);
      } catch (error) {
        refuse(connection, error, error instanceof FrameError ? error.ref : undefined);
      }
    },
  };
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
      if (!(error instanceof FrameError)) return;
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
    hub.join(connection, request.last_event_id ?? null, clock.now());
    return null;
  }
  if (isWaiting) hub.join(connection, null, clock.now());
  if (request.type !== "ack") return request;
  const cursor = parseCursor(request.event_id);
  if (cursor?.epoch === hub.store.epoch) hub.acknowledge(connection, cursor.number, clock.now());
  return null;
}

/** The hubs as a socket's own hub sees them: itself it asks without going out of the house. */
function hubsSeenFrom({ userId, host, hubs }: ServePorts, connectionId: string): UserHubs {
  const isOwn = (id: number): boolean => id === userId;
  return {
    ...hubs,
    deliver: (id, events) =>
      isOwn(id) ? host.deliver(events, connectionId) : hubs.deliver(id, events),
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
