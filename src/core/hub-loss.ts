import { newHubMemory, type HubMemory, type HubStore } from "./hub-store.ts";

/** Remembers that the store has something of this kind, so that its loss is noticed. */
export function noteKept(store: HubStore, part: "events" | "conversations"): void {
  const memory = store.memory();
  if (memory.kept[part]) return;
  const kept: HubMemory["kept"] = { ...memory.kept, epoch: store.epoch(), [part]: true };
  store.saveMemory({ ...memory, kept });
}

/** Whether the store lacks what the hub gave it, or began anew by itself (HUB-2). */
export function hasLost(store: HubStore): boolean {
  const { kept, reported } = store.memory();
  if (kept.epoch === "") return false;
  return (
    kept.epoch !== store.epoch() ||
    reported > store.head() ||
    (kept.events && store.head() === 0) ||
    (kept.conversations && !store.hasConversations())
  );
}

/** Begins a new log, with nothing in mind that only the old one explained. */
export function beginAnew(store: HubStore, now: number): void {
  store.renew(now);
  const { kept, reported, owed, unreadKnown } = newHubMemory;
  store.saveMemory({ ...store.memory(), kept, reported, owed, unreadKnown });
}
