import type { Attachment } from "./attachment.ts";
import type { Person } from "./person.ts";

/** One stored message. Times are ISO 8601 in UTC, from the database's clock. */
export interface Message {
  id: number;
  uuid: string;
  conversationId: number;
  /** 1, 2, 3 … within the conversation, without holes (SEND-3). */
  seq: number;
  sender: Person;
  receiver: Person;
  text: string;
  clientId: string | null;
  attachment: Attachment | null;
  createdAt: string;
  deliveredAt: string | null;
  readAt: string | null;
}
