import type { Ports } from "../ports/index.ts";
import type { Presence } from "../protocol/presence.ts";

type PresencePorts = Pick<Ports, "history" | "hubs">;

/** How everyone is who shares a conversation with the user (PRES-4). */
export async function listPresence(ports: PresencePorts, userId: number): Promise<Presence[]> {
  const known = await ports.hubs.listPresence(userId);
  if (known) return known;
  await ports.hubs.introduce(userId, await ports.history.listPartnerIds(userId));
  return (await ports.hubs.listPresence(userId)) ?? [];
}

export async function listOnline(ports: PresencePorts, userId: number): Promise<number[]> {
  const presences = await listPresence(ports, userId);
  return presences.filter((each) => each.isOnline).map((each) => each.userId);
}
