import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import { discardFile, sendWithAttachment } from "../usecases/attach-file.ts";
import type { StoredAttachment } from "../usecases/attach-file.ts";
import { checkSend, sendMessage, takeTurn } from "../usecases/send-message.ts";
import type { SendInput, SendResult } from "../usecases/send-message.ts";
import { storeFile } from "../usecases/store-file.ts";
import { seeThrough } from "../usecases/wave.ts";
import { detectFileType, headBytes } from "./file-type.ts";
import { chooseClientId } from "./idempotency.ts";
import { readForm } from "./multipart.ts";
import type { FormPart } from "./multipart.ts";
import { receive } from "./request-body.ts";

/** What a client wants to send, whatever its API calls it. */
export interface GivenMessage {
  receiverId: number;
  text: string;
  clientId: string | null | undefined;
}

/** The fields that one API's form has beside its file, which is always called attachment. */
export interface MessageForm {
  /** Others are passed over. */
  names: readonly string[];
  /** Without these nothing can be said about the others. */
  needed: readonly string[];
  /** Throws `invalid-request`. */
  parse(fields: Record<string, string>): GivenMessage;
}

export interface FormRequest {
  form: MessageForm;
  body: ReadableStream<Uint8Array>;
  boundary: string;
  idempotencyKey: string | undefined;
}

type Fields = Map<string, string>;
type FilePart = FormPart & { kind: "file" };

/** Room for the boundaries, headers and fields around the file. */
const aroundFile = 1024 * 1024;

/** A file over a slow line takes its time; a line on which nothing moves does not (BODY-1). */
const patience = { totalMs: 10 * 60_000, idleMs: 20_000, broken: "malformed-multipart" } as const;

/**
 * Sends the message of a form. Its parts may come in any order; a file is stored while it arrives (FORM-1). When the client
 * is gone in the middle, what was stored is still cleared away (FILE-2).
 */
export async function sendForm(
  ports: Ports,
  sender: Person,
  request: FormRequest,
): Promise<SendResult> {
  takeTurn(ports, sender, "upload");
  return seeThrough(ports, readAndSend(ports, sender, request));
}

async function readAndSend(
  ports: Ports,
  sender: Person,
  request: FormRequest,
): Promise<SendResult> {
  const { attachment, ...input } = await readMessage(ports, sender, request);
  if (!attachment) return sendMessage(ports, sender, { ...input, attachment });
  return sendWithAttachment(ports, sender, { ...input, attachment });
}

async function readMessage(
  ports: Ports,
  sender: Person,
  { form, body, boundary, idempotencyKey }: FormRequest,
): Promise<SendInput> {
  const fields: Fields = new Map();
  let attachment: StoredAttachment | null = null;
  const check = (file: unknown): Omit<SendInput, "attachment"> => {
    const { clientId, ...given } = form.parse(Object.fromEntries(fields));
    const input = { ...given, clientId: chooseClientId(clientId, idempotencyKey) };
    checkSend(ports, sender, { ...input, attachment: file });
    return input;
  };
  try {
    const bytes = ports.config.limits.attachmentBytes + aroundFile;
    const pieces = receive(body, { ...patience, clock: ports.clock });
    for await (const part of readForm(pieces, boundary, { bytes })) {
      if (part.kind === "field") takeField(form, fields, part);
      else {
        if (attachment || part.name !== "attachment") throw wrongFile(part.name);
        // Nonsense is refused before its file is read, where the fields come first.
        if (form.needed.every((name) => fields.has(name))) check(true);
        attachment = await takeFile(ports, part);
      }
    }
    return { ...check(attachment), attachment };
  } catch (error) {
    if (attachment) discardFile(ports, attachment.id);
    throw error;
  }
}

function takeField(
  { names }: MessageForm,
  fields: Fields,
  { name, value }: FormPart & { kind: "field" },
): void {
  if (!names.includes(name)) return;
  if (fields.has(name)) throw wrongField(name, "given more than once");
  fields.set(name, value);
}

/** Null for what a browser sends when no file was chosen. */
async function takeFile(ports: Ports, part: FilePart): Promise<StoredAttachment | null> {
  const bytes = part.bytes[Symbol.asyncIterator]();
  const head = await readHead(bytes);
  if (head.length === 0 && part.fileName === "") return null;
  if (head.length === 0) throw wrongField("attachment", "the file is empty");
  const type = await detectFileType(head);
  return storeFile(ports, { fileName: part.fileName, ...type, source: chain(head, bytes) });
}

async function readHead(bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (size < headBytes) {
    const { done, value } = await bytes.next();
    if (done) break;
    size += value.length;
    chunks.push(new Uint8Array(value));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function* chain(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function wrongFile(name: string): ChatError {
  const isSecond = name === "attachment";
  return wrongField(name, isSecond ? "only one file fits" : "a file is named attachment");
}

function wrongField(path: string, message: string): ChatError {
  const fields = [{ path, message }];
  return new ChatError("invalid-request", { detail: `${path}: ${message}`, fields });
}
