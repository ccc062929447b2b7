import { ChatError } from "../protocol/error.ts";

/** The text may come under either name; under both, it is the same. */
export function readText({
  text,
  content,
}: {
  text?: string | null | undefined;
  content?: string | null | undefined;
}): string {
  if (text && content && text !== content) {
    const message = "differs from text";
    const fields = [{ path: "content", message }];
    throw new ChatError("invalid-request", { detail: `content: ${message}`, fields });
  }
  return text || content || "";
}
