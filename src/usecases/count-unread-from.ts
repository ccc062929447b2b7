import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import { countUnread } from "./count-unread.ts";

/** What is unread of one sender; someone who wrote nothing must at least exist. */
export async function countUnreadFrom(
  ports: Parameters<typeof countUnread>[0] & Pick<Ports, "users">,
  userId: number,
  senderId: number,
): Promise<number> {
  const counts = await countUnread(ports, userId);
  const found = counts.find(({ otherUserId }) => otherUserId === senderId);
  if (found) return found.count;
  if (!(await ports.users.findPerson(senderId))) throw new ChatError("not-found");
  return 0;
}
