import type { FileRange } from "../ports/attachment-store.ts";
import { ChatError } from "../protocol/error.ts";

/**
 * The one stretch that a Range header asks for. Null means the whole file: without the header, and for whatever else
 * RFC 9110 lets a server ignore (FILE-5).
 */
export function parseRange(header: string | undefined, size: number): FileRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") return suffix(Number(last), size);
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return null;
  if (offset >= size) throw new ChatError("range-not-satisfiable");
  return { offset, length: end - offset + 1 };
}

function suffix(length: number, size: number): FileRange {
  if (length === 0 || size === 0) throw new ChatError("range-not-satisfiable");
  const offset = Math.max(0, size - length);
  return { offset, length: size - offset };
}
