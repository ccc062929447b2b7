import type { ChatMessage } from "../protocol/chat-message.ts";
import {
  addMessage,
  applyReceipt,
  createMessageList,
  hasOlder,
  removePending,
  setPending,
} from "./message-list.ts";
import type { MessageList } from "./message-list.ts";
import type { MessageRow, Receipt } from "./message-row.ts";
import { createWritable } from "./readable.ts";
import type { ThreadContext } from "./thread-context.ts";
import { createThreadHistory } from "./thread-history.ts";
import type { ThreadHistory } from "./thread-history.ts";
import { unknownThread, type Thread, type ThreadState } from "./thread.ts";
import { createTypingSignal } from "./typing.ts";
import { createUnreadDivider } from "./unread-divider.ts";
import type { UnreadDivider } from "./unread-divider.ts";

/** A thread with what only the client itself may tell it. */
export interface ThreadStore extends Thread {
  readonly isOpen: boolean;
  receive(message: ChatMessage): void;
  report(receipt: Receipt): void;
  showPending(row: MessageRow): void;
  hidePending(clientId: string): void;
  /** Something else that is shown has changed. */
  sync(): void;
  /** Something may have been missed. */
  reread(): void;
  /** Reads what the inbox knows of and this does not, where no events come. */
  catchUp(): void;
  /** Reads what could not be read before. */
  wake(): void;
  close(): void;
  /** Shows nothing any more. */
  clear(): void;
}

export function createThreadStore(userId: number, context: ThreadContext): ThreadStore {
  const board = createThreadBoard(userId, context);
  const { state, list, update, divider } = board;
  const history = createThreadHistory(userId, {
    ...context,
    list,
    update,
    onRead(messages, isNewest) {
      messages.forEach(divider.notice);
      if (isNewest) divider.fix();
    },
    isMissedFrom: divider.mayPrecede,
  });
  const signal = createOwnTyping(userId, context);
  const doors = createDoors(() => {
    const endDivider = board.beginDivider();
    history.begin();
    // While no events come, the inbox asks.
    const leaveInbox = context.conversations.open();
    return () => {
      leaveInbox();
      endDivider();
    };
  });

  return {
    userId,
    state,
    get isOpen() {
      return doors.isOpen();
    },
    open: doors.open,
    loadOlder: history.loadOlder,
    send(message) {
      signal.stop();
      return context.outbox.add(userId, message);
    },
    retry: context.outbox.retry,
    discard: context.outbox.discard,
    typing: signal.keystroke,
    stopTyping: signal.stop,
    seen: createSeen(board, context),
    ...createIntake(board, history),
    sync: () => update(list()),
    reread: () => (doors.isOpen() ? void history.reread() : history.forget()),
    catchUp() {
      const row = context.conversations.find(({ other_user }) => other_user.id === userId);
      const newest = list().stored.at(-1)?.timestamp ?? "";
      if (doors.isOpen() && (row?.last_message_at ?? "") > newest) history.refresh();
    },
    wake: () => doors.isOpen() && history.wake(),
    close() {
      signal.stop();
      history.close();
    },
    clear: () => update(createMessageList(userId), unknownThread),
  };
}

function createOwnTyping(userId: number, { environment, api }: ThreadContext) {
  return createTypingSignal(environment, (isTyping) => {
    api.sendTyping(userId, isTyping).catch(() => {
      // It is told at most once.
    });
  });
}

/** What is shown, and what it is made of. */
interface ThreadBoard {
  state: Thread["state"];
  divider: UnreadDivider;
  list(): MessageList;
  update(list: MessageList, patch?: Partial<ThreadState>): void;
  /** The thread is opened; answers what to do when it is closed. */
  beginDivider(): () => void;
}

function createThreadBoard(userId: number, context: ThreadContext): ThreadBoard {
  const { people, typists, conversations } = context;
  const other = people.of(userId);
  const state = createWritable<ThreadState>({ ...unknownThread, otherUser: other.get() });
  const divider = createUnreadDivider(userId);
  let list = createMessageList(userId);

  const board: ThreadBoard = {
    state,
    divider,
    list: () => list,
    beginDivider() {
      divider.begin();
      list.stored.forEach(divider.notice);
      board.update(list);
      return () => {
        divider.end();
        board.update(list);
      };
    },
    update(changed, patch = {}) {
      list = changed;
      const before = state.get();
      const row = conversations.find(({ other_user }) => other_user.id === userId);
      const known = row ?? list.stored[0];
      const next: ThreadState = {
        ...before,
        messages: list.rows,
        otherUser: other.get(),
        conversationId: known?.conversation_id ?? before.conversationId,
        hasOlder: hasOlder(list),
        unreadCount: row?.unread_count ?? 0,
        firstUnread: divider.keyIn(list),
        isTyping: typists.has(userId),
        ...patch,
      };
      const names = Object.keys(next) as (keyof ThreadState)[];
      if (names.some((name) => next[name] !== before[name])) state.set(next);
    },
  };
  return board;
}

function createIntake(
  { list, update, divider }: ThreadBoard,
  history: ThreadHistory,
): Pick<ThreadStore, "receive" | "report" | "showPending" | "hidePending"> {
  return {
    receive(message) {
      divider.notice(message);
      update(addMessage(list(), message));
      history.fillHole();
    },
    report(receipt) {
      history.hear(receipt);
      update(applyReceipt(list(), receipt));
    },
    showPending: (row) => update(setPending(list(), row)),
    hidePending: (clientId) => update(removePending(list(), clientId)),
  };
}

/** Marks as read what is unread, and asks for nothing otherwise. */
function createSeen(
  { state, list, update }: ThreadBoard,
  { conversations, marker }: ThreadContext,
): () => void {
  let markedSeq = 0;
  return () => {
    const newest = list().stored.findLast(({ mine }) => !mine);
    const isNew = newest !== undefined && !newest.is_read && newest.seq > markedSeq;
    const { conversationId, unreadCount } = state.get();
    if (conversationId === null || (!isNew && unreadCount === 0)) return;
    markedSeq = newest?.seq ?? markedSeq;
    conversations.setUnread(conversationId, 0);
    const seen = list().stored.filter(({ mine, is_read }) => !mine && !is_read);
    marker.mark(
      conversationId,
      seen.map(({ id }) => id),
    );
    update(list());
  };
}

/** Counts who looks; the first one's work is undone after the last one. */
function createDoors(onFirst: () => () => void): { isOpen(): boolean; open(): () => void } {
  const users = new Set<object>();
  let undo = (): void => {};
  return {
    isOpen: () => users.size > 0,
    open() {
      const user = {};
      users.add(user);
      if (users.size === 1) undo = onFirst();
      return () => {
        if (users.delete(user) && users.size === 0) undo();
      };
    },
  };
}
