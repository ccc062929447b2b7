import type { Limits } from "../protocol/limits.ts";
import type { HubStore } from "./hub-store.ts";
import { takeToken, type TokenBucket } from "./rate-limit.ts";

/** `unknown`: the two share no conversation; `quiet`: the other side need not hear of it. */
export type TypingVerdict = "unknown" | "quiet" | "pass";

export type TypingGate = (receiverId: number, isTyping: boolean, now: number) => TypingVerdict;

/** Someone who sends and types on at once is no flood. */
const changes = { burst: 4, perSecond: 1 };

interface Told {
  at: number;
  isTyping: boolean;
  bucket: TokenBucket;
}

/** Lets typing signals pass (TYPE-2): the same one at most once per interval and recipient, changes only so many. */
export function createTypingGate(store: HubStore, { typingIntervalMs }: Limits): TypingGate {
  const told = new Map<number, Told>();

  return (receiverId, isTyping, now) => {
    const partner = store.partner(receiverId);
    if (!partner) return "unknown";
    const before = told.get(receiverId);
    const isRepeat = before?.isTyping === isTyping && now - before.at < typingIntervalMs;
    if (isRepeat || (!isTyping && !before?.isTyping)) return "quiet";
    const { allowed, bucket } = takeToken(before?.bucket, changes, now);
    if (!allowed) return "quiet";
    told.set(receiverId, { at: now, isTyping, bucket });
    const { presence } = partner;
    const isKnownAway =
      store.memory().watchUntil > now && presence.revision > 0 && !presence.isOnline;
    return isKnownAway ? "quiet" : "pass";
  };
}
