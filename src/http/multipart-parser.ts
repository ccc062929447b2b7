import { ChatError } from "../protocol/error.ts";
import { parseDisposition } from "./content-disposition.ts";

/** What happens while a form is read, in order. */
export type FormStep =
  | { kind: "field"; name: string; value: string }
  | { kind: "file"; name: string; fileName: string }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "end" };

export interface FormParser {
  /** Throws when the form is malformed or too large. */
  write(chunk: Uint8Array): FormStep[];
  /** True after the last boundary; whatever follows it is no part of the form. */
  isDone(): boolean;
}

type State = "preamble" | "delimiter" | "head" | "field" | "file" | "done";

const mostParts = 10;
const mostHeadBytes = 8 * 1024;
const mostFieldBytes = 64 * 1024;
const headEnd = new TextEncoder().encode("\r\n\r\n");
const lineEnd = new Uint8Array([13, 10]);
const nothing = new Uint8Array();

export function malformed(detail?: string): ChatError {
  return new ChatError("malformed-multipart", detail === undefined ? {} : { detail });
}

/** How far a form has been read. */
interface Progress {
  delimiter: Uint8Array;
  state: State;
  /** Bytes that are not yet understood. */
  rest: Uint8Array;
  field: { name: string; bytes: Uint8Array };
  parts: number;
  steps: FormStep[];
}

/**
 * Takes a form apart (RFC 7578) however its bytes are cut, holding no more than one chunk, one header or one field.
 * Written here because the parsers that stream on every platform lose parts when a chunk ends in an unlucky place.
 */
export function createFormParser(boundary: string): FormParser {
  const progress: Progress = {
    delimiter: new TextEncoder().encode(`\r\n--${boundary}`),
    state: "preamble",
    // A form may begin with its first boundary, as if after a line end.
    rest: lineEnd,
    field: { name: "", bytes: nothing },
    parts: 0,
    steps: [],
  };
  return {
    write(chunk: Uint8Array): FormStep[] {
      progress.rest = concat(progress.rest, chunk);
      progress.steps = [];
      while (readers[progress.state](progress));
      return progress.steps;
    },
    isDone: () => progress.state === "done",
  };
}

/** Each reads what it can and says whether there may be more to read. */
const readers: Record<State, (progress: Progress) => boolean> = {
  preamble: readContent,
  delimiter: readDelimiter,
  head: readHead,
  field: readContent,
  file: readContent,
  done: () => false,
};

function readContent(progress: Progress): boolean {
  const { rest, delimiter } = progress;
  const end = find(rest, delimiter);
  if (end === -1) {
    // The delimiter may have begun.
    const safe = Math.max(0, rest.length - delimiter.length + 1);
    takeContent(progress, rest.subarray(0, safe));
    progress.rest = rest.subarray(safe);
    return false;
  }
  takeContent(progress, rest.subarray(0, end));
  endPart(progress);
  progress.rest = rest.subarray(end + delimiter.length);
  progress.state = "delimiter";
  return true;
}

function takeContent({ state, steps, field }: Progress, bytes: Uint8Array): void {
  if (state === "file" && bytes.length > 0) steps.push({ kind: "bytes", bytes });
  if (state !== "field") return;
  field.bytes = concat(field.bytes, bytes);
  if (field.bytes.length > mostFieldBytes) throw new ChatError("payload-too-large");
}

function endPart({ state, steps, field }: Progress): void {
  if (state === "file") steps.push({ kind: "end" });
  if (state !== "field") return;
  steps.push({ kind: "field", name: field.name, value: decode(field.bytes) });
}

function readDelimiter(progress: Progress): boolean {
  const { rest } = progress;
  if (rest.length < 2) return false;
  const isLast = rest[0] === 45 && rest[1] === 45;
  if (!isLast && !(rest[0] === 13 && rest[1] === 10)) throw malformed();
  if (!isLast) progress.parts += 1;
  if (progress.parts > mostParts) throw new ChatError("payload-too-large");
  progress.rest = rest.subarray(2);
  progress.state = isLast ? "done" : "head";
  return true;
}

function readHead(progress: Progress): boolean {
  const { rest, steps } = progress;
  const end = find(rest, headEnd);
  if ((end === -1 ? rest.length : end) > mostHeadBytes) throw malformed("A header is too long");
  if (end === -1) return false;
  const { name, fileName } = parseHead(rest.subarray(0, end));
  progress.rest = rest.subarray(end + headEnd.length);
  progress.state = fileName === null ? "field" : "file";
  if (fileName === null) progress.field = { name, bytes: nothing };
  else steps.push({ kind: "file", name, fileName });
  return true;
}

/** `needle` begins with a CR and has no other but in its line ends, so that no byte is looked at often. */
function find(bytes: Uint8Array, needle: Uint8Array): number {
  for (let at = bytes.indexOf(13); at !== -1; at = bytes.indexOf(13, at + 1)) {
    if (at + needle.length > bytes.length) return -1;
    let same = 1;
    while (same < needle.length && bytes[at + same] === needle[same]) same += 1;
    if (same === needle.length) return at;
  }
  return -1;
}

function parseHead(bytes: Uint8Array): { name: string; fileName: string | null } {
  const lines = new TextDecoder().decode(bytes).split("\r\n");
  const dispositions = lines.filter((line) => /^content-disposition:/i.test(line));
  const [only] = dispositions;
  const head = only && dispositions.length === 1 ? parseDisposition(valueOf(only)) : null;
  if (!head) throw malformed("A part has no readable name");
  return head;
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(":") + 1).trim();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("A field is not valid UTF-8");
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
