import type { AttachmentKind } from "./attachment.ts";

/** A message as the SSE chat API shows it, over REST and streams alike: the documented fields first (WIRE-1). */
export interface ChatMessage {
  id: number;
  sender: number;
  sender_name: string;
  sender_username: string;
  sender_avatar: string | null;
  receiver: number;
  receiver_name: string;
  receiver_username: string;
  receiver_avatar: string | null;
  conversation: number;
  message: string;
  /** Where the file is kept. */
  attachment: string | null;
  /** A link that needs no header and works for at least a day. */
  attachment_url: string | null;
  attachment_type: AttachmentKind | null;
  is_read: boolean;
  read_at: string | null;
  delivered_at: string | null;
  /** ISO 8601, the database's time. */
  timestamp: string;
  sender_id: number;
  receiver_id: number;
  conversation_id: number;
  client_id: string | null;
  /** 1, 2, 3 … within the conversation, without holes (SEND-3). */
  seq: number;
  uuid: string;
  attachment_name: string | null;
  /** Bytes. */
  attachment_size: number | null;
}
