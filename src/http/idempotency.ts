import { ChatError } from "../protocol/error.ts";
import { clientIdSchema } from "../protocol/ids.ts";

/** The sender's name for a message: from its body, or from the header that proxies and libraries know (SEND-2). */
export function chooseClientId(
  given: string | null | undefined,
  header: string | undefined,
): string | null {
  const clientId = given || null;
  if (header === undefined) return clientId;
  const parsed = clientIdSchema.safeParse(header.replace(/^"(.*)"$/, "$1"));
  if (!parsed.success) throw refuse("1 to 64 letters, digits, _ or -");
  if (clientId !== null && clientId !== parsed.data) throw refuse("differs from client_id");
  return parsed.data;
}

function refuse(message: string): ChatError {
  return new ChatError("invalid-request", {
    detail: `Idempotency-Key: ${message}`,
    fields: [{ path: "Idempotency-Key", message }],
  });
}
