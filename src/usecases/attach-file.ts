import type { NewMessage } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import { describeFailure } from "./describe-failure.ts";
import { sendMessage, type SendInput, type SendResult } from "./send-message.ts";

export type StoredAttachment = NonNullable<NewMessage["attachment"]>;

/** Sends a message whose file is already stored; a file that no message took is removed again (FILE-2). */
export async function sendWithAttachment(
  ports: Parameters<typeof sendMessage>[0] & Pick<Ports, "attachments" | "uploads">,
  sender: Person,
  input: SendInput & { attachment: StoredAttachment },
): Promise<SendResult> {
  try {
    const result = await sendMessage(ports, sender, input);
    if (result.message.attachment?.id !== input.attachment.id)
      discardFile(ports, input.attachment.id);
    return result;
  } catch (error) {
    // After an unclear failure the commit may have happened: only a clear refusal gives the file up.
    if (isRefusal(error)) discardFile(ports, input.attachment.id);
    throw error;
  }
}

/** Removes a file that no message took; the answer does not wait for it. What fails stays noted (FILE-6). */
export function discardFile(
  { attachments, uploads, later, log }: Pick<Ports, "attachments" | "uploads" | "later" | "log">,
  id: string,
): void {
  const removal = attachments.remove(id).then(() => uploads.forget(id));
  later(
    removal.catch((error: unknown) => {
      log.error("attachment.orphaned", { id, ...describeFailure(error) });
    }),
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChatError && (error.status < 500 || error.code === "overloaded");
}
