import type { ChatMessage } from "../protocol/chat-message.ts";
import { joinMessages, receive, toRow } from "./message-row.ts";
import type { MessageRow, Receipt } from "./message-row.ts";

/** What is known of the messages exchanged with one person. Never changed in place. */
export interface MessageList {
  readonly otherId: number;
  /** A run of `seq` without holes, oldest first. */
  readonly stored: readonly MessageRow[];
  /** Stored ones beyond a hole, not shown until it is filled. */
  readonly ahead: readonly MessageRow[];
  /** Not stored yet, oldest first. */
  readonly pending: readonly MessageRow[];
  /** What is shown. */
  readonly rows: readonly MessageRow[];
}

export function createMessageList(otherId: number): MessageList {
  return { otherId, stored: [], ahead: [], pending: [], rows: [] };
}

/** The first message of a conversation is number 1 (SEND-3). */
export function hasOlder({ stored }: MessageList): boolean {
  return stored.length > 0 && stored[0]!.seq > 1;
}

/** A single message, however it came. One beyond a hole waits for those before it. */
export function addMessage(list: MessageList, message: ChatMessage): MessageList {
  const row = toRow(message, list.otherId);
  const last = list.stored.at(-1);
  if (!last || row.seq <= last.seq + 1) return addRun(list, [message]);
  return change(list, { ahead: insert(list.ahead, row) });
}

/** A page, or what was kept of one. Where it does not touch what is known, the newer of the two remains. */
export function addRun(list: MessageList, messages: readonly ChatMessage[]): MessageList {
  const run = newestRun(messages.map((message) => toRow(message, list.otherId)));
  return run.length === 0 ? list : absorb(change(list, { stored: joinRuns(list.stored, run) }));
}

/** Forgets what is older than that number: it may be out of date. */
export function keepFrom(list: MessageList, seq: number): MessageList {
  if (list.stored.length === 0 || list.stored[0]!.seq >= seq) return list;
  return change(list, { stored: list.stored.filter((row) => row.seq >= seq) });
}

export function applyReceipt(list: MessageList, receipt: Receipt): MessageList {
  const ids = new Set(receipt.message_ids);
  const report = (rows: readonly MessageRow[]): readonly MessageRow[] =>
    mapNewest(rows, ids, (row) => {
      const next = receive(row, receipt);
      return next === row ? row : toRow(next, list.otherId);
    });
  return change(list, { stored: report(list.stored), ahead: report(list.ahead) });
}

/** Shows one that is not stored yet, or how it is getting on; one that is stored by now is left alone. */
export function setPending(list: MessageList, row: MessageRow): MessageList {
  const rest = list.pending.filter(({ key }) => key !== row.key);
  const at = rest.findIndex(({ id }) => id < row.id);
  return change(list, { pending: rest.toSpliced(at === -1 ? rest.length : at, 0, row) });
}

export function removePending(list: MessageList, clientId: string): MessageList {
  if (!list.pending.some(({ client_id }) => client_id === clientId)) return list;
  return change(list, {
    pending: list.pending.filter(({ client_id }) => client_id !== clientId),
  });
}

function change(list: MessageList, parts: Partial<MessageList>): MessageList {
  const { stored, ahead, pending } = { ...list, ...parts };
  const waiting = withoutStored(pending, stored);
  if (stored === list.stored && waiting === list.pending) {
    return ahead === list.ahead ? list : { ...list, ahead };
  }
  const rows = waiting.length === 0 ? stored : [...stored, ...waiting];
  return { otherId: list.otherId, stored, ahead, pending: waiting, rows };
}

function withoutStored(
  pending: readonly MessageRow[],
  stored: readonly MessageRow[],
): readonly MessageRow[] {
  if (pending.length === 0) return pending;
  const keys = new Set(pending.map(({ key }) => key));
  const found = new Set(stored.filter(({ key }) => keys.has(key)).map(({ key }) => key));
  return found.size === 0 ? pending : pending.filter(({ key }) => !found.has(key));
}

/** Takes in what was beyond a hole that is filled now. */
function absorb(list: MessageList): MessageList {
  let { stored, ahead } = list;
  while (ahead.length > 0 && ahead[0]!.seq <= (stored.at(-1)?.seq ?? 0) + 1) {
    stored = joinRuns(stored, [ahead[0]!]);
    ahead = ahead.slice(1);
  }
  return change(list, { stored, ahead });
}

/** Sorted, each once, and only what follows the last hole. */
function newestRun(rows: readonly MessageRow[]): MessageRow[] {
  const bySeq = new Map<number, MessageRow>();
  for (const row of rows) {
    const known = bySeq.get(row.seq);
    bySeq.set(row.seq, known ? join(known, row) : row);
  }
  const sorted = [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
  const hole = sorted.findLastIndex(
    (row, index) => index > 0 && row.seq !== sorted[index - 1]!.seq + 1,
  );
  return hole === -1 ? sorted : sorted.slice(hole);
}

function joinRuns(known: readonly MessageRow[], run: readonly MessageRow[]): readonly MessageRow[] {
  const [first, last] = [known[0]?.seq ?? 0, known.at(-1)?.seq ?? -1];
  if (known.length === 0 || run[0]!.seq > last + 1) return run;
  if (run.at(-1)!.seq < first - 1) return known;
  const before = run.filter(({ seq }) => seq < first);
  const after = run.filter(({ seq }) => seq > last);
  const inside = joinInside(known, run.slice(before.length, run.length - after.length));
  return before.length + after.length === 0 ? inside : before.concat(inside, after);
}

/** The same array where nothing is new. */
function joinInside(
  known: readonly MessageRow[],
  rows: readonly MessageRow[],
): readonly MessageRow[] {
  let joined: MessageRow[] | null = null;
  for (const row of rows) {
    const index = row.seq - known[0]!.seq;
    const next = join(known[index]!, row);
    if (next === known[index]) continue;
    joined ??= known.slice();
    joined[index] = next;
  }
  return joined ?? known;
}

/** The known row itself where the other one tells nothing new. */
function join(known: MessageRow, next: MessageRow): MessageRow {
  const joined = joinMessages(known, next);
  const names = Object.keys(joined) as (keyof MessageRow)[];
  const row = toRow(joined, known.mine ? known.receiver_id : known.sender_id);
  return names.every((name) => row[name] === known[name]) ? known : row;
}

function insert(rows: readonly MessageRow[], row: MessageRow): readonly MessageRow[] {
  const known = rows.find(({ seq }) => seq === row.seq);
  const joined = known ? join(known, row) : row;
  if (joined === known) return rows;
  const rest = rows.filter(({ seq }) => seq !== row.seq);
  const at = rest.findIndex(({ seq }) => seq > row.seq);
  return rest.toSpliced(at === -1 ? rest.length : at, 0, joined);
}

/** Changes the rows with these ids, from the newest on; the same array where none changed. */
function mapNewest(
  rows: readonly MessageRow[],
  ids: ReadonlySet<number>,
  map: (row: MessageRow) => MessageRow,
): readonly MessageRow[] {
  let changed: MessageRow[] | null = null;
  let left = ids.size;
  for (let index = rows.length - 1; index >= 0 && left > 0; index--) {
    const row = rows[index]!;
    if (!ids.has(row.id)) continue;
    left--;
    const next = map(row);
    if (next === row) continue;
    changed ??= [...rows];
    changed[index] = next;
  }
  return changed ?? rows;
}
