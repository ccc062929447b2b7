import type { ReadChange, ReadTarget } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { DurableEvent } from "../protocol/event.ts";
import type { Person } from "../protocol/person.ts";
import { refreshUnread } from "./count-unread.ts";
import { runBehind, runWave, seeThrough } from "./wave.ts";

export interface MarkReadResult {
  markedCount: number;
  readAt: string;
}

/** One event names at most so many messages. */
const chunk = 1_000;

type MarkPorts = Pick<Ports, "history" | "hubs" | "unread" | "clock" | "later" | "log">;

/** Marks, then tells the senders and the reader's own other devices (READ-3). */
export async function markRead(
  ports: MarkPorts,
  reader: Person,
  target: ReadTarget,
): Promise<MarkReadResult> {
  const changes = await seeThrough(ports, commitAndTell(ports, reader, target));
  return {
    markedCount: changes.reduce((sum, change) => sum + change.messageIds.length, 0),
    readAt: changes[0]?.readAt ?? new Date(ports.clock.now()).toISOString(),
  };
}

async function commitAndTell(
  ports: MarkPorts,
  reader: Person,
  target: ReadTarget,
): Promise<ReadChange[]> {
  const changes = await ports.history.markRead(reader.id, target);
  if (!changes) throw new ChatError("not-found");
  if (changes.length === 0) {
    // Perhaps it is the repetition of a call that never got so far as to tell anyone.
    ports.later(refreshUnread(ports, reader.id));
    return changes;
  }
  const own = changes.flatMap((change) => receipts(reader, change, change.unread));
  runBehind(ports, ports.unread.put(reader.id, changes.map(unreadCount)));
  await runWave(ports, [
    ...changes.map((change) => () => ports.hubs.deliver(change.senderId, receipts(reader, change))),
    () => ports.hubs.deliver(reader.id, own),
  ]);
  return changes;
}

function receipts(
  reader: Person,
  change: ReadChange,
  unread?: ReadChange["unread"],
): DurableEvent[] {
  const { conversationId, messageIds, readAt } = change;
  const starts = Array.from({ length: Math.ceil(messageIds.length / chunk) }, (_, i) => i * chunk);
  return starts.map((start) => ({
    type: "read",
    conversationId,
    reader,
    messageIds: messageIds.slice(start, start + chunk),
    readAt,
    ...(unread && { unread }),
  }));
}

function unreadCount({ conversationId, unread, senderId, senderName }: ReadChange) {
  return { conversationId, ...unread, otherUserId: senderId, otherUserName: senderName };
}
