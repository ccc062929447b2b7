import type { ChatMessage } from "../protocol/chat-message.ts";
import type { MessageHistory } from "./chat-api.ts";
import { createHeardReceipts } from "./heard-receipts.ts";
import type { HeardReceipts } from "./heard-receipts.ts";
import { addRun, createMessageList, hasOlder, keepFrom } from "./message-list.ts";
import type { MessageList } from "./message-list.ts";
import type { Receipt } from "./message-row.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { reasonOf } from "./passing-error.ts";
import type { ThreadContext } from "./thread-context.ts";
import type { ThreadState } from "./thread.ts";

const pageSize = 50;
/** What was missed is read in one go, up to so much. */
const missedPageSize = 100;
const mostMissedPages = 4;
/** A message before a hole is most likely on its way. */
const holeMs = 1_000;

/** Fills a thread with what was kept and with what the server has. */
export interface ThreadHistory {
  /** Reads what was kept, and then the newest page. */
  begin(): void;
  loadOlder(): Promise<void>;
  /** Reads the newest page again; what may be out of date goes. */
  reread(): Promise<void>;
  /** What is shown, if anything, may be out of date; nobody looks. */
  forget(): void;
  /** Reads the newest page again. */
  refresh(): void;
  /** Reads what could not be read before. */
  wake(): void;
  /** Reads what is missing before messages that wait. */
  fillHole(): void;
  /** Somebody reported of messages that may be on their way here, as they were before. */
  hear(receipt: Receipt): void;
  close(): void;
}

export interface HistoryContext extends Pick<
  ThreadContext,
  "api" | "environment" | "people" | "readKept" | "keep"
> {
  list(): MessageList;
  update(list: MessageList, patch?: Partial<ThreadState>): void;
  /** They came, from the newest page or from elsewhere. */
  onRead(messages: ChatMessage[], isNewest: boolean): void;
  /** Everything up to there may be unread: what was missed begins before it. */
  isMissedFrom(message: ChatMessage): boolean;
}

export function createThreadHistory(userId: number, context: HistoryContext): ThreadHistory {
  const { environment, list } = context;
  /** Read once; from then on the list knows at least as much. */
  let kept: Promise<void> | null = null;
  let needsPage = true;
  let isFirst = true;
  /** What is shown may be out of date. */
  let isStale = false;
  const [reading, readingOlder] = [createOneAtATime(), createOneAtATime()];
  const heard = createHeardReceipts();
  let cancelHole: (() => void) | null = null;

  async function readNewest(): Promise<void> {
    const wasStale = isStale;
    [needsPage, isStale] = [false, false];
    try {
      await readPage(userId, { ...context, heard }, { kept, wasStale, isFirst });
      isFirst = false;
    } catch (error) {
      [needsPage, isStale] = [true, wasStale];
      context.update(list(), { loading: false, error: reasonOf(error) });
    }
  }

  /** What is being read may be what the older ones go before. */
  async function readBefore(): Promise<void> {
    await reading.idle();
    if (hasOlder(list())) await reading.run(() => readOlder(userId, { ...context, heard }));
  }

  return {
    begin() {
      kept ??= readKept(userId, context);
      void reading.run(readNewest);
    },
    loadOlder: () => readingOlder.run(readBefore),
    async reread() {
      isStale = true;
      await reading.idle();
      await reading.run(readNewest);
    },
    forget() {
      kept = Promise.resolve();
      context.update(withoutStored(list()), { loading: true });
    },
    refresh: () => void reading.run(readNewest),
    wake() {
      if (needsPage) void reading.run(readNewest);
    },
    fillHole() {
      if (list().ahead.length === 0 || cancelHole) return;
      cancelHole = environment.after(holeMs, () => {
        cancelHole = null;
        if (list().ahead.length > 0) void reading.run(readNewest);
      });
    },
    hear: heard.add,
    close: () => cancelHole?.(),
  };
}

interface Reading extends HistoryContext {
  heard: HeardReceipts;
}

function withoutStored({ otherId, pending }: MessageList): MessageList {
  return { ...createMessageList(otherId), pending, rows: pending };
}

async function readKept(userId: number, context: HistoryContext): Promise<void> {
  const messages = await context.readKept(userId);
  context.onRead(messages, false);
  const next = addRun(context.list(), messages);
  context.update(next, next.stored.length > 0 ? { loading: false } : {});
}

async function readPage(
  userId: number,
  context: Reading,
  { kept, wasStale, isFirst }: { kept: Promise<void> | null; wasStale: boolean; isFirst: boolean },
): Promise<void> {
  context.heard.begin();
  const answer = context.api.getMessages(userId, { limit: pageSize });
  // What was kept is painted first, even where the server is quicker.
  await Promise.all([kept, answer.catch(() => null)]);
  const page = (await answer).data;
  const { other_user, conversation_id } = page;
  context.people.learn(other_user);
  const messages = await readMissed(userId, context, page);
  context.onRead(messages, true);
  let next = context.heard.applyTo(addRun(context.list(), messages));
  const from = messages.at(-1)?.seq ?? 0;
  // Receipts of older ones may have been missed, and links that were kept with them may have expired.
  if (wasStale || (isFirst && hasFileBefore(next, from))) next = keepFrom(next, from);
  const known = conversation_id === null ? {} : { conversationId: conversation_id };
  context.update(next, { ...known, loading: false, error: null });
  context.keep(messages);
}

function hasFileBefore({ stored }: MessageList, seq: number): boolean {
  return stored.some((row) => row.seq < seq && row.attachment_url !== null);
}

/** With the pages before, up to the first message that was missed; some of them where that is too far away. */
async function readMissed(
  userId: number,
  { api, isMissedFrom }: HistoryContext,
  newest: MessageHistory,
): Promise<ChatMessage[]> {
  const messages = [...newest.messages];
  let hasMore = newest.has_more;
  for (let pages = 0; pages < mostMissedPages && hasMore; pages += 1) {
    const oldest = messages.at(-1);
    if (!oldest || !isMissedFrom(oldest)) break;
    const query = { limit: missedPageSize, before_id: oldest.id };
    // oxlint-disable-next-line no-await-in-loop -- each page leads to the one before
    const older = await api.getMessages(userId, query).catch(() => null);
    if (!older) break;
    messages.push(...older.data.messages);
    hasMore = older.data.has_more;
  }
  return messages;
}

async function readOlder(
  userId: number,
  { api, list, update, onRead, heard }: Reading,
): Promise<void> {
  const beforeId = list().stored[0]!.id;
  heard.begin();
  update(list(), { loadingOlder: true });
  try {
    const query = { limit: pageSize, before_id: beforeId };
    const { messages } = (await api.getMessages(userId, query)).data;
    // What it belonged to may be gone.
    const fits = list().stored[0]?.id === beforeId;
    if (fits) onRead(messages, false);
    update(fits ? heard.applyTo(addRun(list(), messages)) : list(), {
      loadingOlder: false,
      error: null,
    });
  } catch (error) {
    update(list(), { loadingOlder: false, error: reasonOf(error) });
  }
}
