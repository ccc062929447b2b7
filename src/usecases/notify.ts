import type { Ports } from "../ports/index.ts";
import { runWave } from "./wave.ts";

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

/** Puts a notification into the log of each of those users who exist; answers their ids. */
export async function notify(
  ports: Pick<Ports, "users" | "hubs" | "clock" | "later" | "log">,
  { userIds, externalIds, ...notification }: NotifyInput,
): Promise<number[]> {
  const ids = await ports.users.findIds({ ids: userIds, externalIds });
  const createdAt = new Date(ports.clock.now()).toISOString();
  await runWave(
    ports,
    ids.map(
      (id) => () => ports.hubs.deliver(id, [{ type: "notification", ...notification, createdAt }]),
    ),
  );
  return ids;
}
