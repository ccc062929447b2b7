import { ChatError } from "../protocol/error.ts";
import { createFormParser, malformed } from "./multipart-parser.ts";
import type { FormStep } from "./multipart-parser.ts";

/** One part of a form. A file's bytes are there to be read until the next part is asked for. */
export type FormPart =
  | { kind: "field"; name: string; value: string }
  | { kind: "file"; name: string; fileName: string; bytes: AsyncIterable<Uint8Array> };

export interface FormLimits {
  /** Of everything together. */
  bytes: number;
}

/** The boundary of a form; null for what is not a form. */
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
 * file is never held as a whole (FORM-1).
 */
export async function* readForm(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: FormLimits,
): AsyncGenerator<FormPart, void> {
  const pieces = body[Symbol.asyncIterator]();
  const parser = createFormParser(boundary);
  let steps: FormStep[] = [];
  let size = 0;

  async function next(): Promise<FormStep | null> {
    while (steps.length === 0) {
      if (parser.isDone()) return null;
      const { value, done } = await pieces.next();
      if (done) throw malformed("The form ends too early");
      size += value.length;
      if (size > limits.bytes) throw new ChatError("payload-too-large");
      steps = parser.write(value);
    }
    return steps.shift()!;
  }

  async function* bytesOfFile(): AsyncGenerator<Uint8Array, void> {
    for (let step = await next(); step?.kind === "bytes"; step = await next()) yield step.bytes;
  }

  try {
    for (let step = await next(); step !== null; step = await next()) {
      if (step.kind === "field") yield step;
      if (step.kind === "file") yield { ...step, bytes: bytesOfFile() };
    }
  } finally {
    await pieces.return?.();
  }
}
