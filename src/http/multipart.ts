import { make } from "multipasta";
import type { MultipartError, PartInfo } from "multipasta";
import { ChatError } from "../protocol/error.ts";
import { parseDisposition } from "./content-disposition.ts";
import { createSplitGuard } from "./multipart-split.ts";

/** One part of a form. A file's bytes are there to be read until the next part is asked for. */
export type FormPart =
  | { kind: "field"; name: string; value: string }
  | { kind: "file"; name: string; fileName: string; bytes: AsyncIterable<Uint8Array> };

type Step =
  | { kind: "field"; name: string; value: Uint8Array }
  | { kind: "file"; name: string; fileName: string }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "end" };

export interface FormLimits {
  /** Of everything together. */
  bytes: number;
}

const mostParts = 10;
const mostHeaderBytes = 8 * 1024;
const mostFieldBytes = 64 * 1024;

function malformed(detail?: string): ChatError {
  return new ChatError("malformed-multipart", detail === undefined ? {} : { detail });
}

/** The boundary of a form; anything else is not a form. */
export function boundaryOf(contentType: string | undefined): string | null {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType ?? "")) return null;
  const match = /;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType!);
  const boundary = match?.[1] ?? match?.[2] ?? "";
  if (!/^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/.test(boundary)) {
    throw malformed("The boundary is missing or not valid");
  }
  return boundary;
}

/**
 * Reads a form as it arrives: no more is asked of the body than the reader of the parts has taken, so that a large
 * file is never held as a whole (FILE-1).
 */
export async function* readForm(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  limits: FormLimits,
): AsyncGenerator<FormPart, void> {
  const reader = body.getReader();
  const parser = createParser(boundary, limits.bytes);
  const steps: Step[] = [];

  async function next(): Promise<Step | null> {
    while (steps.length === 0) {
      if (parser.isDone()) return null;
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) throw malformed("The form ends too early");
      steps.push(...parser.write(value));
    }
    return steps.shift()!;
  }

  async function* bytesOfFile(): AsyncGenerator<Uint8Array, void> {
    for (let step = await next(); step?.kind === "bytes"; step = await next()) yield step.bytes;
  }

  try {
    for (let step = await next(); step !== null; step = await next()) {
      if (step.kind === "field") yield { ...step, value: decode(step.value) };
      if (step.kind === "file") yield { ...step, bytes: bytesOfFile() };
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

interface FormParser {
  /** Throws when the form is malformed or too large. */
  write(chunk: Uint8Array): Step[];
  isDone(): boolean;
}

function createParser(boundary: string, mostBytes: number): FormParser {
  let steps: Step[] = [];
  let failure: ChatError | null = null;
  let isDone = false;
  const parser = make({
    headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
    maxParts: mostParts,
    maxFieldSize: mostFieldBytes,
    maxTotalSize: mostBytes,
    isFile: (info) => headOf(info).fileName !== null,
    onField: (info, value) => steps.push({ kind: "field", name: headOf(info).name, value }),
    onFile(info) {
      const { name, fileName } = headOf(info);
      steps.push({ kind: "file", name, fileName: fileName ?? "" });
      return (bytes) => steps.push(bytes ? { kind: "bytes", bytes } : { kind: "end" });
    },
    onError: (error) => (failure ??= errorOf(error)),
    onDone: () => (isDone = true),
  });
  const guard = createSplitGuard(boundary);

  return {
    write(chunk: Uint8Array): Step[] {
      const whole = guard(chunk);
      if (whole.length > 0) parser.write(whole);
      // Whatever follows the last boundary is no part of the form.
      if (failure && !isDone) throw failure;
      const taken = steps;
      steps = [];
      return taken;
    },
    isDone: () => isDone,
  };
}

function errorOf(error: MultipartError): ChatError {
  return error._tag === "ReachedLimit" ? new ChatError("payload-too-large") : malformed();
}

/** The library's own reading of this header knows no names outside of Latin-1. */
function headOf({ headers }: PartInfo): { name: string; fileName: string | null } {
  const size = Object.entries(headers).reduce(
    (sum, [key, value]) => sum + key.length + value.length,
    0,
  );
  const disposition = headers["content-disposition"];
  const head = typeof disposition === "string" ? parseDisposition(disposition) : null;
  if (!head || size > mostHeaderBytes) throw malformed("A part has no readable header");
  return head;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("A field is not valid UTF-8");
  }
}
