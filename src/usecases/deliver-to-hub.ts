import type { AskingConnection } from "../core/hub-feed.ts";
import type { Hole } from "../core/hub-inbox.ts";
import type { Hub } from "../core/hub.ts";
import type { Clock } from "../ports/clock.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { DurableEvent } from "../protocol/event.ts";

export interface DeliverPorts {
  hub: Hub;
  history: Pick<HistoryStore, "listRange">;
  clock: Clock;
}

/** The most that one read of the history returns. */
const rangeLimit = 500;

/** Gives the hub an event, fetching first what lies in a hole before it (HUB-5). */
export function deliverToHub(
  ports: DeliverPorts,
  event: DurableEvent,
  asking?: AskingConnection,
): Promise<void> | void {
  const deliver = (): Hole | null => ports.hub.inbox.deliver(event, ports.clock.now(), asking);
  const hole = deliver();
  if (hole) return fillHole(ports, hole).then(() => void deliver());
}

/** Fetches what the hub was never told (HUB-5, HUB-6). */
export async function fillHole({ hub, history, clock }: DeliverPorts, hole: Hole): Promise<void> {
  let { fromSeq } = hole;
  while (fromSeq <= hole.toSeq) {
    const messages = await history.listRange(hole.conversationId, { ...hole, fromSeq });
    const isLast = messages.length < rangeLimit;
    const toSeq = isLast ? hole.toSeq : messages.at(-1)!.seq;
    hub.inbox.repair(messages, { ...hole, toSeq }, clock.now());
    fromSeq = toSeq + 1;
  }
}
