/** A message as a client was shown it, in the words of no surface. */
export interface ShownMessage {
  id: number;
  conversation: number;
  seq: number;
  sender: number;
  text: string;
  clientId: string | null;
}

/** One thing that one client saw, in the order in which it saw them. */
export type Sight = {
  /** Milliseconds, of the harness's own clock. */
  at: number;
  /** Which of the client's connections it came over; -1 for an answer over REST. */
  connection: number;
  /** The log's id, where the client is to remember it. */
  eventId: string | null;
} & (
  | { kind: "message"; message: ShownMessage }
  /** One whole conversation read again over REST, newest first. */
  | { kind: "page"; messages: ShownMessage[] }
  | { kind: "receipt"; what: "read" | "delivered"; ids: number[]; time: string }
  | { kind: "ready" | "reset" | "other" }
  | { kind: "signal"; name: string; data: Record<string, unknown> }
);

export type SightOf<Kind extends Sight["kind"]> = Extract<Sight, { kind: Kind }>;

type Data = Record<string, unknown>;

export function isSight<Kind extends Sight["kind"]>(kind: Kind) {
  return (sight: Sight): sight is SightOf<Kind> => sight.kind === kind;
}

/** What there is to see in a server-sent event or a frame; only the names differ. */
export function readSight(
  name: string,
  data: Data,
  rest: Pick<Sight, "at" | "connection" | "eventId">,
): Sight {
  const shown = name === "message" && !("message_id" in data) && "seq" in data ? data : null;
  const framed = typeof data["message"] === "object" ? (data["message"] as Data | null) : null;
  const message = shown ?? framed;
  if (message) return { ...rest, kind: "message", message: readMessage(message) };
  switch (name) {
    case "read_receipt":
    case "delivery_receipt": {
      const what = name === "read_receipt" ? "read" : "delivered";
      const ids = data["message_ids"] ?? [data["message_id"]];
      const time = String(data["read_at"] ?? data["delivered_at"]);
      return { ...rest, kind: "receipt", what, ids: ids as number[], time };
    }
    case "ready":
    case "reset":
      return { ...rest, kind: name };
    case "unread":
    case "notification":
      return { ...rest, kind: "other" };
    default:
      if (rest.eventId !== null) return { ...rest, kind: "other" };
      return { ...rest, kind: "signal", name, data };
  }
}

/** Of the SSE chat API or of the messaging API. */
export function readMessage(data: Data): ShownMessage {
  return {
    id: Number(data["message_id"] ?? data["id"]),
    conversation: Number(data["conversation"]),
    seq: Number(data["seq"]),
    sender: Number(data["sender"]),
    text: String(data["content"] ?? data["message"]),
    clientId: data["client_id"] as string | null,
  };
}
