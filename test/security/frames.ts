import type { SocketRequestType } from "../../src/protocol/socket-requests.ts";
import type { Subject } from "./routes.ts";

/** One good frame. */
export interface FrameCall {
  /** What of the subject it names, if anything. */
  names: keyof Subject | null;
  frame: { type: SocketRequestType } & Record<string, unknown>;
}

/** Every frame that a client may send, and how it is sent well; the compiler and the tests miss any other. */
export const frameCases: Record<SocketRequestType, (subject: Subject) => FrameCall[]> = {
  hello: () => [{ names: null, frame: { type: "hello", last_event_id: "epoch1-0" } }],
  ack: () => [{ names: null, frame: { type: "ack", event_id: "epoch1-0" } }],
  message: (subject) => sends("message", subject),
  send: (subject) => sends("send", subject),
  typing: ({ userId }) => [
    { names: "userId", frame: { type: "typing", recipient_id: userId, is_typing: true } },
  ],
  read: ({ userId, conversationId, messageId }) => [
    { names: "conversationId", frame: { type: "read", conversation_id: conversationId } },
    { names: "messageId", frame: { type: "read", message_ids: [messageId] } },
    { names: "userId", frame: { type: "read", sender_id: userId } },
  ],
  open_conversation: ({ userId }) => [
    { names: "userId", frame: { type: "open_conversation", user_id: userId } },
  ],
  list_conversations: () => [{ names: null, frame: { type: "list_conversations", limit: 5 } }],
  presence: () => [{ names: null, frame: { type: "presence" } }],
  ping: () => [{ names: null, frame: { type: "ping" } }],
};

function sends(type: "message" | "send", { userId, conversationId }: Subject): FrameCall[] {
  return [
    { names: "userId", frame: { type, recipient_id: userId, text: "hello" } },
    { names: "conversationId", frame: { type, conversation_id: conversationId, text: "hello" } },
  ];
}
