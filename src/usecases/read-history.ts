import type { MessageHistory, MessagePage } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Presence } from "../protocol/presence.ts";
import { listPresence } from "./list-online.ts";
import { runWave } from "./wave.ts";

export interface ReadHistory extends MessageHistory {
  presence: Presence | null;
}

export interface HistoryRequest {
  otherUserId: number;
  page: MessagePage;
}

/** One page of what two people wrote, newest first; what is read here counts as delivered (READ-2). */
export async function readHistory(
  ports: Pick<Ports, "history" | "hubs" | "clock" | "later" | "log">,
  userId: number,
  { otherUserId, page }: HistoryRequest,
): Promise<ReadHistory> {
  const [history, presences] = await Promise.all([
    ports.history.readHistory(userId, otherUserId, page),
    listPresence(ports, userId).catch((): Presence[] => []),
  ]);
  if (!history) throw new ChatError("not-found");
  if (history.delivered) {
    const { senderId, ...change } = history.delivered;
    await runWave(ports, [
      () => ports.hubs.deliver(senderId, [{ type: "delivered", receiverId: userId, ...change }]),
    ]);
  }
  return { ...history, presence: presences.find((each) => each.userId === otherUserId) ?? null };
}
