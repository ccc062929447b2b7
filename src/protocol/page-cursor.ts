import { ChatError } from "./error.ts";

/** The last conversation of a page; the next page begins below it. */
interface Before {
  updatedAt: string;
  id: number;
}

const conversation = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|\+00:00)) ([0-9]{1,16})$/;
const message = /^before ([1-9][0-9]{0,14})$/;

/** Where the next page of conversations begins, as clients carry it. */
export function formatConversationCursor({ updatedAt, id }: Before): string {
  return encode(`${updatedAt} ${id}`);
}

export function parseConversationCursor(cursor: string): Before {
  const [, updatedAt, id] = conversation.exec(decode(cursor)) ?? [];
  if (updatedAt === undefined || Number.isNaN(Date.parse(updatedAt))) throw unknownCursor();
  return { updatedAt, id: Number(id) };
}

/** Where the next page of messages begins: before the last one of this page. */
export function formatMessageCursor(id: number): string {
  return encode(`before ${id}`);
}

export function parseMessageCursor(cursor: string): number {
  const [, id] = message.exec(decode(cursor)) ?? [];
  if (id === undefined) throw unknownCursor();
  return Number(id);
}

function encode(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(cursor: string): string {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}

function unknownCursor(): ChatError {
  const fields = [{ path: "cursor", message: "not a cursor that a page gave" }];
  return new ChatError("invalid-request", { fields });
}
