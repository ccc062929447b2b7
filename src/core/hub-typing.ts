import type { Limits } from "../protocol/limits.ts";
import type { HubStore } from "./hub-store.ts";

/** `unknown`: the two share no conversation; `quiet`: the other side need not hear of it. */
export type TypingVerdict = "unknown" | "quiet" | "pass";

export type TypingGate = (receiverId: number, isTyping: boolean, now: number) => TypingVerdict;

/**
 * Lets typing signals pass (TYPE-2): that someone types at most once per interval and recipient, that they stopped only
 * after that was told.
 */
export function createTypingGate(store: HubStore, { typingIntervalMs }: Limits): TypingGate {
  const told = new Map<number, { typedAt: number; isTyping: boolean }>();

  return (receiverId, isTyping, now) => {
    const partner = store.partner(receiverId);
    if (!partner) return "unknown";
    const before = told.get(receiverId) ?? { typedAt: -Infinity, isTyping: false };
    const isTooSoon = isTyping && now - before.typedAt < typingIntervalMs;
    if (isTooSoon || (!isTyping && !before.isTyping)) return "quiet";
    told.set(receiverId, { typedAt: isTyping ? now : before.typedAt, isTyping });
    const { presence } = partner;
    const isKnownAway =
      store.memory().watchUntil > now && presence.revision > 0 && !presence.isOnline;
    return isKnownAway ? "quiet" : "pass";
  };
}
