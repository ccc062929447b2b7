import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";

export interface TypingInput {
  receiverId: number;
  isTyping: boolean;
}

const flood = { burst: 20, perSecond: 5 };

/** Tells the other side, at most once a second; wakes nobody who shares no conversation with the sender (TYPE-2). */
export async function sendTyping(
  ports: Pick<Ports, "history" | "hubs" | "limiter">,
  sender: Person,
  { receiverId, isTyping }: TypingInput,
): Promise<void> {
  const { allowed, retryAfterMs } = ports.limiter.take(`typing:${sender.id}`, flood);
  if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
  if (await ports.hubs.type(sender, receiverId, isTyping)) return;
  const partnerIds = await ports.history.listPartnerIds(sender.id);
  // The answer does not tell whether there is such a person.
  if (!partnerIds.includes(receiverId)) return;
  await ports.hubs.introduce(sender.id, partnerIds);
  await ports.hubs.type(sender, receiverId, isTyping);
}
