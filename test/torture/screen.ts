import { isSight, type ShownMessage, type Sight } from "./sight.ts";

/** What a client that follows the protocol shows after all that it saw, and what was wrong on the way. */
export interface Screen {
  /** By id, in the order in which they came. */
  shown: Map<number, ShownMessage>;
  /** Messages that one log event after another brought again. */
  wireDuplicates: number;
  /** Two rows for what was written once. */
  doubles: string[];
  disorder: string[];
  holes: string[];
  regressions: string[];
}

export function createScreen(sights: readonly Sight[]): Screen {
  const shown = showMessages(sights);
  return {
    shown,
    wireDuplicates: countWireDuplicates(sights),
    doubles: findDoubles(shown),
    disorder: findDisorder(sights),
    holes: findHoles(sights),
    regressions: findRegressions(sights),
  };
}

function messagesOf(sight: Sight): ShownMessage[] {
  if (sight.kind === "message") return [sight.message];
  return sight.kind === "page" ? sight.messages : [];
}

function showMessages(sights: readonly Sight[]): Map<number, ShownMessage> {
  const shown = new Map<number, ShownMessage>();
  for (const message of sights.flatMap(messagesOf)) {
    if (!shown.has(message.id)) shown.set(message.id, message);
  }
  return shown;
}

function countWireDuplicates(sights: readonly Sight[]): number {
  const logged = sights.filter(isSight("message")).filter(({ eventId }) => eventId !== null);
  return logged.length - new Set(logged.map(({ message }) => message.id)).size;
}

function findDoubles(shown: Map<number, ShownMessage>): string[] {
  const keyed = [...shown.values()].filter(({ clientId }) => clientId !== null);
  const rows = Map.groupBy(keyed, ({ sender, clientId }) => `${clientId} of ${sender}`);
  return [...rows]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${key} is shown as ${same.map(({ id }) => id).join(" and ")}`);
}

/** Live, each conversation's messages come one after another; a page has them all, the newest first. */
function findDisorder(sights: readonly Sight[]): string[] {
  const faults: string[] = [];
  const last = new Map<number, number>();
  for (const sight of sights) {
    if (sight.kind === "reset") last.clear();
    if (sight.kind === "page") {
      const seqs = sight.messages.map(({ seq }) => seq);
      const isFalling = seqs.every(
        (seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) - 1,
      );
      if (!isFalling) faults.push(`a page has the numbers ${seqs.join(", ")}`);
    }
    if (sight.kind !== "message" || sight.eventId === null) continue;
    const { conversation, seq } = sight.message;
    const before = last.get(conversation);
    if (before !== undefined && seq !== before + 1) {
      faults.push(`seq ${seq} came after ${before} in conversation ${conversation}`);
    }
    last.set(conversation, seq);
  }
  return faults;
}

/** The log's numbers go up by one; `ready` repeats the newest, and after a reset they begin anew. */
function findHoles(sights: readonly Sight[]): string[] {
  const faults: string[] = [];
  let last: string | null = null;
  for (const { kind, eventId } of sights) {
    if (eventId === null) continue;
    const isPlace = kind === "ready" || kind === "reset";
    const expected: string =
      last === null || kind === "reset" ? eventId : isPlace ? last : next(last);
    if (eventId !== expected) faults.push(`${kind} ${eventId} came where ${expected} was due`);
    last = eventId;
  }
  return faults;
}

function next(id: string): string {
  const [epoch, number] = id.split("-");
  return `${epoch}-${Number(number) + 1}`;
}

/** A message is read once and delivered once, at one time. */
function findRegressions(sights: readonly Sight[]): string[] {
  const times = new Map<string, string>();
  return sights.filter(isSight("receipt")).flatMap(({ what, ids, time }) =>
    ids.flatMap((id) => {
      const key = `${what} ${id}`;
      const before = times.get(key) ?? time;
      times.set(key, time);
      return before === time ? [] : [`message ${id} was ${what} at ${before} and then at ${time}`];
    }),
  );
}
