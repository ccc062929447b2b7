import type { Limits } from "../protocol/limits.ts";

export type TextProblem = "empty" | "too-long" | "unstorable";

/** The blank of braille is a letter to Unicode, and shows nothing. */
const invisible = /^[\s\u2800\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * What is wrong with a message's text; null when nothing is. Text is never altered. NUL cannot be stored by Postgres,
 * and a lone surrogate has no UTF-8.
 */
export function checkText(text: string, limits: Limits): TextProblem | null {
  if (text.includes("\u0000") || !text.isWellFormed()) return "unstorable";
  if (invisible.test(text)) return "empty";
  // A code point takes one or two UTF-16 units and at most four bytes: most texts need no count.
  if (text.length > limits.textCodePoints && [...text].length > limits.textCodePoints) {
    return "too-long";
  }
  if (text.length * 3 > limits.textBytes && byteLength(text) > limits.textBytes) return "too-long";
  return null;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Controls, and the marks that make a name show as what it is not (CVE-2021-42574). */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

export function withoutControls(name: string): string {
  return name.replaceAll(unprintable, "");
}
