import type { ClientEvent } from "./client-event.ts";

type Shape = Readonly<Record<string, "number" | "string" | "boolean" | "numbers">>;

const receipt = { conversation_id: "number", message_ids: "numbers" } as const;

/** What must be there for an event to be applied and kept. */
const shapes: Record<ClientEvent["type"], Shape> = {
  connected: { user_id: "number" },
  ready: {},
  reset: {},
  message: {},
  read_receipt: { ...receipt, reader_id: "number", read_at: "string" },
  delivery_receipt: { ...receipt, receiver_id: "number", delivered_at: "string" },
  unread: { ...receipt, unread_count: "number", read_at: "string" },
  notification: { id: "string" },
  typing: { sender_id: "number", is_typing: "boolean" },
  presence: { user_id: "number", is_online: "boolean" },
  heartbeat: {},
};

const messageShape: Shape = {
  id: "number",
  sender_id: "number",
  receiver_id: "number",
  conversation_id: "number",
  seq: "number",
  message: "string",
  timestamp: "string",
};

/** Whether it is whole. One that is not would break whoever shows or keeps it. */
export function isSound(event: ClientEvent): boolean {
  const isWhole = fits(event, shapes[event.type]);
  return isWhole && (event.type !== "message" || fits(event.message, messageShape));
}

function fits(value: object, shape: Shape): boolean {
  return Object.entries(shape).every(([name, type]) => {
    const field: unknown = Reflect.get(value, name);
    return type === "numbers" ? isNumbers(field) : typeof field === type;
  });
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}
