import type { Connection } from "../core/connection.ts";
import type { AskingConnection } from "../core/hub-feed.ts";
import type { Hub } from "../core/hub.ts";
import type { RateRule } from "../core/rate-limit.ts";
import type { SendGate } from "../ports/send-gate.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { parseCursor } from "../protocol/cursor.ts";
import { ChatError } from "../protocol/error.ts";
import type { SocketRequest } from "../protocol/socket-requests.ts";
import { answerFrame, type AnswerPorts, type Asker, type Question } from "./answer-frame.ts";
import { describeFailure } from "./describe-failure.ts";
import type { HubHost } from "./host-hub.ts";
import { inTime } from "./in-time.ts";
import { createLanes, type Lanes, type Work } from "./lanes.ts";
import { FrameError, readFrame } from "./read-frame.ts";
import { enterGate } from "./send-message.ts";

export interface SocketConnection extends Connection {
  /** Returns how many bytes of UTF-8 went out. */
  say(frame: object): number;
}

export interface ServePorts extends AnswerPorts {
  userId: number;
  hub: Hub;
  host: HubHost;
}

/** Serves the frames of the hub's own sockets, one after another for each socket. */
export interface SocketServer {
  /** Settles once it is answered. */
  receive(
    connection: SocketConnection,
    asker: Asker,
    data: string | ArrayBuffer,
  ): Promise<void> | void;
}

/** Bytes of a frame; more is not read. */
const mostBytes = 64 * 1024;
/** Frames in a row that make no sense, after which the connection is given up. */
const mostMistakes = 10;
/** Frames of one socket that wait their turn, and those of them that are questions. */
const mostWaiting = { all: 2_000, questions: 100 };

/** A question is answered within this time, the time in which it waits its turn included (ERR-2). */
const answerWithinMs = 9_500;
/** Frames of one user, at least; sends and typing have limits of their own beside. */
const leastPace = { burst: 60, perSecond: 10 };
/** What must not wait behind a send that waits for Postgres. */
const quick = new Set<Question["type"]>(["typing", "presence", "ping"]);
const encoder = new TextEncoder();
/** A frame passed the gate when it came: what waits its turn waits, too. */
const letIn = { allowed: true, retryAfterMs: 0 };
const alreadyIn: SendGate = { enter: () => letIn, peek: () => letIn, leave: () => undefined };

export function createSocketServer(ports: ServePorts): SocketServer {
  const { hub, clock, log } = ports;
  const viewOf = createView(ports);
  const lanes = createLanes();
  const admit = createAdmission(ports, lanes);
  const isLastMistake = countMistakes();

  const say = (connection: SocketConnection, frame: object): void =>
    hub.answered(connection, connection.say(frame));

  async function answer(turn: Turn): Promise<void> {
    const { connection, question } = turn;
    const { ref } = question;
    const asking = { id: connection.id, answer: ref === undefined ? {} : { ref }, isTold: false };
    const outcome = await outcomeOf({ ...turn, asking }, { clock, log, viewOf });
    if (outcome && !asking.isTold) say(connection, outcome);
    // What the log brings later answers nothing any more.
    asking.isTold = true;
  }

  /** Answers and errors of one socket come in the order of what they are about (WS-3). */
  function queue(connection: SocketConnection, work: Work): Promise<void> | void {
    if (lanes.waiting(connection) >= mostWaiting.all) return connection.close(closeCodes.slow);
    return lanes.enter(connection, work);
  }

  return {
    receive(connection, asker, data) {
      if (typeof data !== "string") return connection.close(closeCodes.badFrames);
      if (isTooBig(data)) return connection.close(closeCodes.tooBig);
      let question: Question | null = null;
      let work: Work;
      try {
        question = place(ports, connection, readFrame(data));
        isLastMistake(connection, null);
        if (!question) return undefined;
        const leave = admit(connection, question);
        work = answer.bind(null, { connection, asker, question, askedAt: clock.now(), leave });
      } catch (error) {
        const ref = error instanceof FrameError ? error.ref : question?.ref;
        const isLast = isLastMistake(connection, error);
        work = () => {
          say(connection, { ...describeError(ports, error), ...(ref !== undefined && { ref }) });
          if (isLast) connection.close(closeCodes.badFrames);
        };
      }
      return question && quick.has(question.type) ? work() : queue(connection, work);
    },
  };
}

/** Throws where there are too many questions, or sends; returns what to do once it is answered. */
type Admission = (connection: SocketConnection, question: Question) => () => void;

function createAdmission(ports: ServePorts, lanes: Lanes): Admission {
  const { config, limiter, userId } = ports;
  return (connection, { type }) => {
    const { allowed, retryAfterMs } = limiter.take(`frame:${userId}`, paceOf(config));
    if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
    if (!quick.has(type) && lanes.waiting(connection) >= mostWaiting.questions)
      throw new ChatError("rate-limited", { retryAfterMs: 1_000 });
    return type === "message" || type === "send" ? enterGate(ports) : () => undefined;
  };
}

/** As fast as sends may come, frames may. */
function paceOf({ limits: { sendBurst, sendPerSecond } }: ServePorts["config"]): RateRule {
  const { burst, perSecond } = leastPace;
  return { burst: Math.max(burst, sendBurst), perSecond: Math.max(perSecond, sendPerSecond) };
}

interface Turn {
  connection: SocketConnection;
  asker: Asker;
  question: Question;
  /** When it came, ms. */
  askedAt: number;
  leave: () => void;
}

/** The answer, or the error; null where there is nothing to say. */
async function outcomeOf(
  { asker, question, askedAt, leave, asking }: Turn & { asking: AskingConnection },
  { clock, log, viewOf }: Pick<ServePorts, "clock" | "log"> & { viewOf: View },
): Promise<object | null> {
  const otherwise = (): ChatError => new ChatError("history-unavailable", { retryAfterMs: 2_000 });
  try {
    const ms = askedAt + answerWithinMs - clock.now();
    // To begin now would store what is called refused, and beside what comes next (ERR-1, WS-3).
    if (ms <= 0) throw otherwise();
    // What was begun goes on, so that a retry with the same client_id finds it.
    const work = answerFrame(viewOf(asking), asker, question);
    const answer = await inTime(clock, work, { ms, otherwise });
    // A send may have had its answer with the log, in its place.
    return answer && !asking.isTold ? { ...answer(), ...asking.answer } : null;
  } catch (error) {
    return { ...describeError({ log }, error), ...asking.answer };
  } finally {
    leave();
  }
}

function isTooBig(text: string): boolean {
  // One UTF-16 unit is at most three bytes: most frames need no count.
  return text.length * 3 > mostBytes && encoder.encode(text).length > mostBytes;
}

/** Whether a connection is to be given up that makes no sense time after time; null for a frame that made some. */
function countMistakes(): (connection: Connection, error: unknown) => boolean {
  const mistakes = new WeakMap<Connection, number>();

  return (connection, error) => {
    if (error === null) mistakes.delete(connection);
    if (!(error instanceof FrameError) || error.isUnknownType) return false;
    const count = (mistakes.get(connection) ?? 0) + 1;
    mistakes.set(connection, count);
    return count >= mostMistakes;
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
  if (cursor?.epoch === hub.store.epoch()) hub.acknowledge(connection, cursor.number, clock.now());
  return null;
}

/** Whatever is none of our ids is an unknown place, which a hub answers with `reset` (RESUME-2). */
function asEventId(given: unknown): string | null {
  if (given === undefined || given === null || given === "") return null;
  return typeof given === "string" && given.length <= 64 ? given : "?";
}

/** The hubs as a socket's own hub sees them: itself it asks without going out of the house. */
function hubsSeenFrom({ userId, host, hubs }: ServePorts): UserHubs {
  const isOwn = (id: number): boolean => id === userId;
  return {
    ...hubs,
    type: (sender, receiverId, isTyping) => host.type(sender, receiverId, isTyping),
    listPresence: (id) => (isOwn(id) ? host.listPresence() : hubs.listPresence(id)),
    sync: (id, heads) => (isOwn(id) ? host.sync(heads) : hubs.sync(id, heads)),
    introduce: async (id, partnerIds) =>
      isOwn(id) ? host.introduce(partnerIds) : hubs.introduce(id, partnerIds),
  };
}

/** What answers a question has: one literal for each, as they are many. */
type View = (asking: AskingConnection) => AnswerPorts;

function createView(ports: ServePorts): View {
  const { config, history, unread, limiter, clock, later, log, userId, host } = ports;
  const seen = hubsSeenFrom(ports);
  return (asking) => {
    const deliver: UserHubs["deliver"] = async (id, events) => {
      if (id !== userId) return ports.hubs.deliver(id, events);
      // Only a send is answered by its event; receipts are events beside the answer.
      const isSend = events.every((event) => event.type === "message");
      return isSend ? host.deliver(events, asking) : host.deliver(events);
    };
    const hubs = { ...seen, deliver };
    return { config, history, unread, limiter, clock, later, log, hubs, sendGate: alreadyIn };
  };
}

function describeError({ log }: Pick<ServePorts, "log">, error: unknown): Record<string, unknown> {
  const known = error instanceof ChatError ? error : new ChatError("internal", { cause: error });
  // A refusal is no failure, and in overload there are thousands.
  if (known.status >= 500 && known.code !== "overloaded")
    log.error("frame.failed", { ...describeFailure(known) });
  return {
    type: "error",
    code: known.code,
    detail: known.message,
    ...(known.retryAfterMs !== null && { retry_after_ms: known.retryAfterMs }),
  };
}
