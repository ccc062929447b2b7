import type { Ports } from "../ports/index.ts";
import { describeFailure } from "./describe-failure.ts";
import { waitAtMost } from "./wave.ts";

export interface NotifyInput {
  /** Repeating a notification with the same id changes nothing. */
  id: string;
  userIds: number[];
  externalIds: string[];
  title: string;
  message: string;
  notificationType: string;
  data: Record<string, unknown>;
}

/** How long the answer waits for hubs that are slow. */
const answerAfterMs = 5_000;

/**
 * Puts a notification into the log of each of those users who exist. Answers the ids of those whose log has it: a hub's
 * log is the only place where a notification is kept.
 */
export async function notify(
  ports: Pick<Ports, "users" | "hubs" | "clock" | "later" | "log">,
  { userIds, externalIds, ...notification }: NotifyInput,
): Promise<number[]> {
  const ids = await ports.users.findIds({ ids: userIds, externalIds });
  const createdAt = new Date(ports.clock.now()).toISOString();
  const reached: number[] = [];
  const tell = async (id: number): Promise<void> => {
    try {
      await ports.hubs.deliver(id, [{ type: "notification", ...notification, createdAt }]);
      reached.push(id);
    } catch (error) {
      ports.log.error("notification.failed", describeFailure(error));
    }
  };
  const all = Promise.all(ids.map(tell));
  ports.later(all);
  await waitAtMost(ports, all, answerAfterMs);
  return reached.toSorted((a, b) => a - b);
}
