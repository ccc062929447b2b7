import type { NewMessage } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import type { Person } from "../protocol/person.ts";
import { sendMessage, type SendInput, type SendResult } from "./send-message.ts";

export type StoredAttachment = NonNullable<NewMessage["attachment"]>;

/** Sends a message whose file is already stored; a file that no message took is removed again (FILE-2). */
export async function sendWithAttachment(
  ports: Parameters<typeof sendMessage>[0] & Pick<Ports, "attachments">,
  sender: Person,
  input: SendInput & { attachment: StoredAttachment },
): Promise<SendResult> {
  const discard = (): void => {
    const removal = ports.attachments.remove(input.attachment.id).catch((error: unknown) => {
      ports.log.error("attachment.orphaned", { id: input.attachment.id, reason: String(error) });
    });
    ports.later(removal);
  };
  try {
    const result = await sendMessage(ports, sender, input);
    if (result.message.attachment?.id !== input.attachment.id) discard();
    return result;
  } catch (error) {
    // After an unclear failure the commit may have happened: only a clear refusal gives the file up.
    if (isRefusal(error)) discard();
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "status" in error && Number(error.status) < 500;
}
