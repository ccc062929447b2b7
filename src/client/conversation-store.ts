import type { ChatAPI, ConversationSummary } from "./chat-api.ts";
import { createConversationBoard } from "./conversation-board.ts";
import type { ConversationBoard } from "./conversation-board.ts";
import { applyMessage, putListed, setTyping, setUnread, setUser } from "./conversation-list.ts";
import type { ConversationEntry, NewMessage } from "./conversation-list.ts";
import { createConversationPages } from "./conversation-pages.ts";
import type { Conversations } from "./conversations.ts";
import type { Environment } from "./environment.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { reasonOf } from "./passing-error.ts";
import type { People } from "./people.ts";

const pollMs = 60_000;

export interface ConversationStore
  extends Conversations, Pick<ConversationBoard, "totalUnread" | "setUnsent" | "clear"> {
  find(fits: (row: ConversationEntry) => boolean): ConversationEntry | undefined;
  /** Shows what was kept. */
  load(rows: readonly ConversationEntry[]): void;
  applyMessage(news: Omit<NewMessage, "unreadBefore">): void;
  setUnread(conversationId: number, count: number): void;
  setTyping(userId: number, isTyping: boolean): void;
  /** Something may have been missed: reads again, even if it is reading. */
  reread(): Promise<void>;
  close(): void;
}

export interface ConversationStoreOptions {
  api: Pick<ChatAPI, "getConversations" | "getUnreadCount">;
  environment: Pick<Environment, "after">;
  people: People;
  /** Events come: nothing has to be asked for. */
  isLive(): boolean;
  /** Rows that a reload should find. */
  keep(rows: ConversationEntry[]): void;
}

export function createConversationStore(options: ConversationStoreOptions): ConversationStore {
  const { people } = options;
  const board = createConversationBoard(options.keep);
  const reader = createReader(options, board);
  const poll = createPoll(options, () => void reader.refresh());
  const stopPeople = people.onChange((user) => board.update(setUser(board.list(), user)));

  return {
    state: board.state,
    totalUnread: board.totalUnread,
    ...reader,
    open() {
      if (board.state.get().error !== null) void reader.refresh();
      return poll.open();
    },
    find: (fits) => board.list().find(fits),
    load(rows) {
      const still = rows.map((row) => ({ ...row, is_typing: false }));
      board.update(still, still.length > 0 ? { loading: false } : {});
    },
    applyMessage(news) {
      const { conversation_id: id } = news.message;
      board.touch(id);
      const unreadBefore = board.elsewhere.get(id) ?? 0;
      board.update(applyMessage(board.list(), { ...news, unreadBefore }));
    },
    setUnread(id, count) {
      board.touch(id);
      if (board.elsewhere.has(id)) board.elsewhere.set(id, count);
      board.update(setUnread(board.list(), id, count));
    },
    setTyping: (userId, isTyping) => board.update(setTyping(board.list(), userId, isTyping)),
    setUnsent: board.setUnsent,
    clear: board.clear,
    close() {
      stopPeople();
      poll.close();
    },
  };
}

function createReader(
  { api, people }: ConversationStoreOptions,
  board: ConversationBoard,
): Pick<ConversationStore, "refresh" | "reread" | "loadMore"> {
  const pages = createConversationPages(api);
  // Both lead to the next page.
  const reading = createOneAtATime();

  async function read(): Promise<void> {
    const { changed, done } = board.track();
    board.update(board.list(), { loading: board.list().length === 0 });
    try {
      const listed = await pages.readFirst(board.list().length);
      board.elsewhere = await pages.readElsewhere();
      const entries = listed.map((each) => toEntry(each, people));
      const ids = new Set(listed.map(({ conversation_id }) => conversation_id).concat(...changed));
      const rest = board.list().filter(({ conversation_id }) => ids.has(conversation_id));
      const found = { loading: false, hasMore: pages.hasMore, error: null };
      board.update(putListed(rest, entries, changed), found);
    } catch (error) {
      board.update(board.list(), { loading: false, error: reasonOf(error) });
    }
    done();
  }

  async function readMore(): Promise<void> {
    const { changed, done } = board.track();
    board.update(board.list(), { loadingMore: true });
    try {
      const entries = (await pages.readNext()).map((each) => toEntry(each, people));
      board.update(putListed(board.list(), entries, changed), { error: null });
    } catch (error) {
      board.update(board.list(), { error: reasonOf(error) });
    }
    done();
    board.update(board.list(), { loadingMore: false, hasMore: pages.hasMore });
  }

  return {
    refresh: () => reading.run(read),
    async reread() {
      await reading.idle();
      await reading.run(read);
    },
    async loadMore() {
      if (pages.hasMore) await reading.run(readMore);
    },
  };
}

function toEntry(listed: ConversationSummary, people: People): ConversationEntry {
  const other_user = people.learn(listed.other_user);
  return { ...listed, other_user, is_typing: false, last_seq: null };
}

/** Asks once a minute while someone looks and no events come. */
function createPoll(
  { environment, isLive }: Pick<ConversationStoreOptions, "environment" | "isLive">,
  ask: () => void,
): { open(): () => void; close(): void } {
  const users = new Set<object>();
  let cancel = (): void => {};

  function wait(): void {
    cancel = environment.after(pollMs, () => {
      if (!isLive()) ask();
      wait();
    });
  }

  return {
    open() {
      const user = {};
      if (users.size === 0) wait();
      users.add(user);
      return () => {
        if (users.delete(user) && users.size === 0) cancel();
      };
    },
    close: () => cancel(),
  };
}
