import { createWritable, type Writable } from "../client/readable.ts";
import type { Thread } from "../client/thread.ts";
import { defaultLimits } from "../protocol/limits.ts";

export interface DraftFile {
  key: number;
  file: File;
  /** A link to show a picture by; null for other files. */
  preview: string | null;
}

/** What was not sent yet to one person. */
export interface Draft {
  text: string;
  files: readonly DraftFile[];
  /** The file that was not taken, and why. */
  refused: { name: string; reason: "too-large" | "empty" } | null;
}

const empty: Draft = { text: "", files: [], refused: null };
const drafts = new WeakMap<Thread, Writable<Draft>>();
const previewed = /^image\/(?:png|jpeg|gif|webp|avif)$/;
let lastKey = 0;

/** The same for the same chat, as long as the page is open. */
export function draftOf(thread: Thread): Writable<Draft> {
  let draft = drafts.get(thread);
  if (!draft) {
    draft = createWritable(empty);
    drafts.set(thread, draft);
  }
  return draft;
}

/** Takes files along with the text; one that cannot be sent is left out, and the draft says so. */
export function addFiles(draft: Writable<Draft>, files: Iterable<File>): void {
  const before = draft.get();
  const taken: DraftFile[] = [];
  let refused: Draft["refused"] = null;
  for (const file of files) {
    const reason = refusal(file);
    if (reason) refused = { name: file.name, reason };
    else taken.push({ key: ++lastKey, file, preview: createPreview(file) });
  }
  draft.set({ ...before, files: [...before.files, ...taken], refused });
}

function refusal(file: File): "too-large" | "empty" | null {
  if (file.size > defaultLimits.attachmentBytes) return "too-large";
  return file.size === 0 ? "empty" : null;
}

function createPreview(file: File): string | null {
  return previewed.test(file.type) ? URL.createObjectURL(file) : null;
}

export function removeFile(draft: Writable<Draft>, key: number): void {
  const before = draft.get();
  release(before.files.filter((file) => file.key === key));
  draft.set({ ...before, files: before.files.filter((file) => file.key !== key), refused: null });
}

export function setText(draft: Writable<Draft>, text: string): void {
  draft.set({ ...draft.get(), text });
}

/** What of a text would be stored in its place is nothing that anyone can see. */
const invisible = /^[\s\u2800\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** How many characters, as people count them, are left before the text is too long. */
export function charactersLeft(text: string): number {
  return defaultLimits.textCodePoints - [...text.trim()].length;
}

export function canSend({ text, files }: Draft): boolean {
  return charactersLeft(text) >= 0 && (files.length > 0 || !invisible.test(text));
}

/** Sends the draft, each file in a message of its own and the text with the first; false when there is nothing to send. */
export function sendDraft(thread: Thread): boolean {
  const draft = draftOf(thread);
  const { text, files } = draft.get();
  if (!canSend(draft.get())) return false;
  const visible = invisible.test(text) ? "" : text.trim();
  draft.set(empty);
  if (files.length === 0) thread.send({ text: visible });
  for (const [index, { file }] of files.entries()) {
    thread.send({ text: index === 0 ? visible : "", file });
  }
  release(files);
  thread.stopTyping();
  return true;
}

function release(files: readonly DraftFile[]): void {
  for (const { preview } of files) if (preview) URL.revokeObjectURL(preview);
}
