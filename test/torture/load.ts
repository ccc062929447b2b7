import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../support/people.ts";
import type { Acknowledged } from "./checker.ts";
import type { Dice } from "./dice.ts";
import type { Viewer } from "./viewer.ts";

/** One message that somebody wants to have sent, with the key that it keeps through every retry. */
export interface Plan {
  atMs: number;
  from: Viewer;
  to: ChatPerson;
  key: string;
  text: string;
  /** Over the sender's own socket where there is one. */
  bySocket: boolean;
  /** Sent a second time: at the same moment, or once it was acknowledged. */
  again: "beside" | "after" | null;
}

/** One try of a send and its answer; status 0: none came. */
export interface Attempt {
  key: string;
  bySocket: boolean;
  atMs: number;
  ms: number;
  status: number;
  code: string;
  retryAfter: number | null;
  /** The id, place and time that the answer named. */
  named: string | null;
}

export interface Load {
  readonly acknowledged: Acknowledged[];
  readonly attempts: Attempt[];
  /** Keys that nobody acknowledged before the load gave up. */
  readonly unsent: string[];
  readonly startedAt: number;
}

export interface LoadOptions {
  perSecond: number;
  seconds: number;
  /** Sends are tried again for so long after the last one was due. */
  patienceMs?: number;
  /** Share of the sends that come twice. */
  duplicates?: number;
  /** Reads a second, by people picked at random. */
  readsPerSecond?: number;
}

/** The sends of a row, the same for the same seed. */
export function planLoad(
  pairs: readonly (readonly [Viewer, Viewer])[],
  { perSecond, seconds, duplicates = 0.2 }: LoadOptions,
  { dice, name }: { dice: Dice; name: string },
): Plan[] {
  return Array.from({ length: perSecond * seconds }, (_, index) => {
    const pair = dice.pick(pairs);
    const [from, to] = dice.roll(2) === 0 ? pair : [pair[1], pair[0]];
    const key = `${name}-${index}`;
    const isDouble = dice.random() < duplicates;
    return {
      atMs: (index / perSecond) * 1_000,
      from,
      to: to.person,
      key,
      text: `${key} ${dice.pick(["plain", "schön", "€ 5", "😀"])}`,
      bySocket: from.surface !== "sse" && dice.roll(2) === 0,
      again: isDouble ? (dice.roll(2) === 0 ? "beside" : "after") : null,
    };
  });
}

/** Sends what is planned, each until it is acknowledged, as a client's outbox does. */
export async function runLoad(
  plans: readonly Plan[],
  { seconds, patienceMs = 20_000 }: LoadOptions,
): Promise<Load> {
  const startedAt = performance.now();
  const load: Load = { acknowledged: [], attempts: [], unsent: [], startedAt };
  const until = startedAt + seconds * 1_000 + patienceMs;

  async function deliver(plan: Plan): Promise<void> {
    for (let tries = 0; performance.now() < until; tries += 1) {
      const { answer, attempt } = await attemptSend(plan, startedAt);
      load.attempts.push(attempt);
      if (answer) {
        load.acknowledged.push(answer);
        return;
      }
      // Soon again after a lost connection, and as the server wishes after a refusal, though never for long.
      const wish = attempt.retryAfter === null ? 150 + 50 * tries : attempt.retryAfter * 1_000;
      await pause(Math.min(wish, 3_000));
    }
    load.unsent.push(plan.key);
  }

  async function run(plan: Plan): Promise<void> {
    await pause(Math.max(0, startedAt + plan.atMs - performance.now()));
    if (plan.again === "beside") await Promise.all([deliver(plan), deliver(plan)]);
    else await deliver(plan);
    if (plan.again === "after") await deliver(plan);
  }

  await Promise.all(plans.map(run));
  return load;
}

interface Tried {
  answer: Acknowledged | null;
  attempt: Attempt;
}

export async function attemptSend(
  plan: Omit<Plan, "atMs" | "again">,
  since: number,
): Promise<Tried> {
  const started = performance.now();
  const said = await (plan.bySocket ? sendFrame(plan) : sendRequest(plan)).catch(() => nothing);
  const attempt = {
    key: plan.key,
    bySocket: plan.bySocket,
    atMs: started - since,
    ms: performance.now() - started,
    status: said.status,
    code: said.code,
    retryAfter: said.retryAfter,
    named: said.id === null ? null : `${said.id} ${said.seq} ${said.time}`,
  };
  if (said.id === null) return { answer: null, attempt };
  const { key, text, from, to } = plan;
  const ends = { sender: from.person.id, receiver: to.id };
  return {
    answer: { key, text, ...ends, id: said.id, seq: said.seq, at: performance.now() },
    attempt,
  };
}

interface Said {
  status: number;
  code: string;
  retryAfter: number | null;
  id: number | null;
  seq: number;
  time: string;
}

const nothing: Said = { status: 0, code: "", retryAfter: null, id: null, seq: 0, time: "" };
const answerLimitMs = 15_000;

async function sendRequest({ from, to, key, text }: Omit<Plan, "atMs" | "again">): Promise<Said> {
  const response = await from.person.call("chats/", {
    body: { receiver_id: to.id, message: text, client_id: key },
    signal: AbortSignal.timeout(answerLimitMs),
  });
  type Answer = { id?: number; seq?: number; timestamp?: string; code?: string };
  const body = (await response.json()) as Answer;
  const retryAfter = response.headers.get("retry-after");
  return {
    status: response.status,
    code: body.code ?? "",
    retryAfter: retryAfter === null ? null : Number(retryAfter),
    id: response.ok ? Number(body.id) : null,
    seq: Number(body.seq),
    time: body.timestamp ?? "",
  };
}

async function sendFrame({ from, to, key, text }: Omit<Plan, "atMs" | "again">): Promise<Said> {
  const frame = { type: "message", recipient_id: to.id, text, client_id: key };
  const answer = await from.ask(frame);
  const wait = answer["retry_after_ms"];
  const retryAfter = typeof wait === "number" ? wait / 1_000 : null;
  if (answer.type !== "message_sent") {
    return { ...nothing, status: 503, code: String(answer["code"]), retryAfter };
  }
  type Sent = { message_id: number; seq: number; created_at: string };
  const message = answer["message"] as Sent;
  const { message_id: id, seq, created_at: time } = message;
  return { ...nothing, status: 201, id, seq, time };
}
