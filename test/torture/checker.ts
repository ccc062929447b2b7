import { createScreen } from "./screen.ts";
import type { Sight } from "./sight.ts";

/** A send that the server acknowledged, with what the answer said. */
export interface Acknowledged {
  key: string;
  sender: number;
  receiver: number;
  text: string;
  id: number;
  seq: number;
  /** When, ms of the harness's clock. */
  at: number;
}

/** A message as Postgres holds it. */
export interface Stored {
  id: number;
  conversation: number;
  seq: number;
  sender: number;
  /** Everyone in its conversation. */
  members: number[];
  clientId: string | null;
  text: string;
}

/** One client: whose it is, and all that it saw. */
export interface View {
  userId: number;
  name: string;
  sights: readonly Sight[];
}

export interface Evidence {
  acknowledged: readonly Acknowledged[];
  stored: readonly Stored[];
  views: readonly View[];
  /** What the server answers as unread, and what Postgres counts. */
  unread: readonly {
    userId: number;
    answered: Record<string, number>;
    counted: Record<string, number>;
  }[];
  /** Rows of Postgres that contradict each other. */
  faults: readonly unknown[];
  /** Times of delivery or reading that were taken back or changed in Postgres. */
  regressions: readonly unknown[];
}

export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7";

export interface Violation {
  invariant: Invariant;
  what: string;
}

export interface Judgement {
  violations: Violation[];
  acknowledged: number;
  stored: number;
  /** Messages times the clients that must show them: how many are there, and how many are due. */
  seen: number;
  due: number;
  wireDuplicates: number;
  screenDuplicates: number;
}

/** Knows nothing of the server: only what clients saw, what was acknowledged and what Postgres holds. */
export function judge(evidence: Evidence): Judgement {
  const byId = new Map(evidence.stored.map((message) => [message.id, message]));
  const screens = evidence.views.map((view) => ({ view, screen: createScreen(view.sights) }));
  const violations: Violation[] = [
    ...storedAsAcknowledged(evidence),
    ...evidence.faults.map((fault) => violation("I1", `in Postgres: ${JSON.stringify(fault)}`)),
    ...evidence.regressions.map((row) => violation("I7", `in Postgres: ${JSON.stringify(row)}`)),
    ...wrongCounts(evidence),
  ];
  let [seen, due, wireDuplicates, screenDuplicates] = [0, 0, 0, 0];
  for (const { view, screen } of screens) {
    const mine = evidence.stored.filter(({ members }) => members.includes(view.userId));
    const missing = mine.filter(({ id }) => !screen.shown.has(id));
    due += mine.length;
    seen += mine.length - missing.length;
    wireDuplicates += screen.wireDuplicates;
    screenDuplicates += screen.doubles.length;
    const add = (invariant: Invariant, what: string): void =>
      void violations.push(violation(invariant, `${view.name}: ${what}`));
    for (const { id, seq } of missing) add("I1", `message ${id} (seq ${seq}) is not shown`);
    for (const what of screen.doubles) add("I2", what);
    for (const message of screen.shown.values()) {
      const truth = byId.get(message.id);
      if (!truth) add("I3", `message ${message.id} is shown and not stored`);
      else if (!isSame(truth, message)) add("I3", `message ${message.id} is shown altered`);
    }
    for (const what of screen.disorder) add("I4", what);
    for (const what of screen.holes) add("I5", what);
    for (const what of screen.regressions) add("I7", what);
  }
  const { acknowledged, stored } = evidence;
  return {
    violations,
    acknowledged: new Set(acknowledged.map(({ sender, key }) => `${sender} ${key}`)).size,
    stored: stored.length,
    seen,
    due,
    wireDuplicates,
    screenDuplicates,
  };
}

function violation(invariant: Invariant, what: string): Violation {
  return { invariant, what };
}

/** Each acknowledged send is there once, with the id and the place that the answer named. */
function storedAsAcknowledged({ acknowledged, stored }: Evidence): Violation[] {
  const byKey = Map.groupBy(stored, ({ sender, clientId }) => `${sender} ${clientId}`);
  return acknowledged.flatMap((ack) => {
    const found = byKey.get(`${ack.sender} ${ack.key}`) ?? [];
    const [first] = found;
    if (!first) return [violation("I1", `${ack.key} was acknowledged and is not stored`)];
    if (found.length > 1) return [violation("I2", `${ack.key} is stored ${found.length} times`)];
    const isThere = first.members.includes(ack.receiver) && first.text === ack.text;
    if (first.id === ack.id && first.seq === ack.seq && isThere) return [];
    const said = `as ${ack.id} (seq ${ack.seq})`;
    return [violation("I1", `${ack.key} was acknowledged ${said} and is stored as ${first.id}`)];
  });
}

function wrongCounts({ unread }: Evidence): Violation[] {
  const text = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([conversation, count]) => `${conversation}: ${count}`)
      .toSorted((a, b) => a.localeCompare(b))
      .join(", ") || "nothing";
  return unread
    .filter(({ answered, counted }) => text(answered) !== text(counted))
    .map(({ userId, answered, counted }) =>
      violation("I6", `user ${userId}: ${text(answered)} is answered, ${text(counted)} is true`),
    );
}

function isSame(truth: Stored, shown: Omit<Stored, "members">): boolean {
  const { id, conversation, seq, sender, clientId, text } = truth;
  return (
    shown.id === id &&
    shown.conversation === conversation &&
    shown.seq === seq &&
    shown.sender === sender &&
    shown.clientId === clientId &&
    shown.text === text
  );
}
