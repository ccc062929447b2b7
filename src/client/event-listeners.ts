import { announce } from "./announce.ts";
import type { ClientEvent, ClientEventOf } from "./client-event.ts";
import type { Environment } from "./environment.ts";

type Type = ClientEvent["type"];

export interface EventListeners {
  on<T extends Type>(type: T, listener: (event: ClientEventOf<T>) => void): () => void;
  emit(event: ClientEvent): void;
}

/** As many notifications are told apart. */
const rememberedIds = 1_000;

/** Passes events on as they come, a notification only once. */
export function createEventListeners(environment: Pick<Environment, "after">): EventListeners {
  const listeners = new Map<Type, Set<(event: ClientEvent) => void>>();
  const notified = new Set<string>();

  function isRepeated(event: ClientEvent): boolean {
    if (event.type !== "notification") return false;
    if (notified.has(event.id)) return true;
    notified.add(event.id);
    const [oldest] = notified;
    if (notified.size > rememberedIds && oldest !== undefined) notified.delete(oldest);
    return false;
  }

  return {
    on(type, listener) {
      const known = listeners.get(type) ?? new Set();
      const any = listener as (event: ClientEvent) => void;
      listeners.set(type, known.add(any));
      return () => void known.delete(any);
    },
    emit(event) {
      if (isRepeated(event)) return;
      announce(event, listeners.get(event.type) ?? [], environment);
    },
  };
}
