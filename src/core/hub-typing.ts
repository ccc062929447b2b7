import type { Limits } from "../protocol/limits.ts";
import type { HubStore } from "./hub-store.ts";

/** `unknown`: the two share no conversation; `quiet`: the other side need not hear of it. */
export type TypingVerdict = "unknown" | "quiet" | "pass";

export type TypingGate = (receiverId: number, isTyping: boolean, now: number) => TypingVerdict;

/** Lets typing signals pass at most once per interval and recipient (TYPE-2). */
export function createTypingGate(store: HubStore, { typingIntervalMs }: Limits): TypingGate {
  const last = new Map<number, { at: number; isTyping: boolean }>();

  return (receiverId, isTyping, now) => {
    const partner = store.partner(receiverId);
    if (!partner) return "unknown";
    const before = last.get(receiverId);
    const isRepeat = before?.isTyping === isTyping && now - before.at < typingIntervalMs;
    if (isRepeat || (!isTyping && !before?.isTyping)) return "quiet";
    last.set(receiverId, { at: now, isTyping });
    const { presence } = partner;
    const isKnownAway =
      store.memory().watchUntil > now && presence.revision > 0 && !presence.isOnline;
    return isKnownAway ? "quiet" : "pass";
  };
}
