import type { ConversationPage } from "../ports/history-store.ts";
import { ChatError } from "../protocol/error.ts";

type Before = NonNullable<ConversationPage["before"]>;

const format = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|\+00:00)) ([0-9]{1,16})$/;

/** Where the next page of conversations begins, as clients carry it. */
export function formatConversationCursor({ updatedAt, id }: Before): string {
  return btoa(`${updatedAt} ${id}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function parseConversationCursor(cursor: string): Before {
  const [, updatedAt, id] = format.exec(decode(cursor)) ?? [];
  if (updatedAt === undefined || Number.isNaN(Date.parse(updatedAt))) {
    const fields = [{ path: "cursor", message: "not a cursor from a Link header" }];
    throw new ChatError("invalid-request", { fields });
  }
  return { updatedAt, id: Number(id) };
}

function decode(cursor: string): string {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
