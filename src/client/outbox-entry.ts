import type { ChatUser } from "./chat-user.ts";
import type { MessageRow } from "./message-row.ts";
import type { OutgoingMessage } from "./thread.ts";

/** A message on its way, as the browser keeps it. */
export interface OutboxEntry {
  client_id: string;
  receiver_id: number;
  text: string;
  file: Blob | null;
  file_name: string | null;
  /** Milliseconds since 1970, and unlike any other of its tab: the order. */
  at: number;
  /** Why it failed for good, for people; null while it is tried. */
  error: string | null;
}

export function createOutgoing(
  receiverId: number,
  { text, file }: OutgoingMessage,
  at: number,
): OutboxEntry {
  return {
    client_id: createClientId(),
    receiver_id: receiverId,
    text,
    file: file ?? null,
    file_name: file?.name ?? null,
    at,
    error: null,
  };
}

/** `randomUUID` is not there on pages without https. */
function createClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a list shows of it. */
export function toPendingRow(
  entry: OutboxEntry,
  context: {
    viewer: ChatUser | null;
    other: ChatUser | null;
    /** Where the browser itself has the file. */
    previewUrl: string | null;
    progress: number | null;
  },
): MessageRow {
  const { viewer, other, previewUrl, progress } = context;
  const sender = viewer?.id ?? 0;
  return {
    id: -entry.at,
    sender,
    sender_id: sender,
    sender_name: viewer?.full_name ?? "",
    sender_username: viewer?.username ?? "",
    sender_avatar: viewer?.avatar ?? null,
    receiver: entry.receiver_id,
    receiver_id: entry.receiver_id,
    receiver_name: other?.full_name ?? "",
    receiver_username: other?.username ?? "",
    receiver_avatar: other?.avatar ?? null,
    conversation: 0,
    conversation_id: 0,
    message: entry.text,
    attachment: entry.file_name,
    attachment_url: previewUrl,
    attachment_type: entry.file && kindOf(entry.file.type),
    attachment_name: entry.file_name,
    attachment_size: entry.file && entry.file.size,
    is_read: false,
    read_at: null,
    delivered_at: null,
    timestamp: new Date(entry.at).toISOString(),
    client_id: entry.client_id,
    seq: 0,
    uuid: "",
    key: `c${entry.client_id}`,
    mine: true,
    status: entry.error === null ? "sending" : "failed",
    progress,
    error: entry.error,
  };
}

/** As the server will most likely decide from the bytes. */
function kindOf(contentType: string): MessageRow["attachment_type"] {
  const [kind] = contentType.split("/");
  return kind === "image" || kind === "video" || kind === "audio" ? kind : "document";
}
