export interface TextPart {
  text: string;
  /** Where it leads; null for mere text. */
  href: string | null;
}

/** What may follow an address in a sentence without belonging to it. */
const afterwards = /[.,:;!?'"*_~…»”’\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]$/u;
const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{", "）": "（", "」": "「" };

/** Ends at blanks, quotes, angle brackets and at marks that turn the reading direction around. */
const candidates =
  /(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:)[^\s<>"“„«`\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/giu;

/** Splits a text into mere text and the links that are safe to follow: http, https and mailto. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(candidates)) {
    const shown = withoutTail(match[0]);
    const href = safeAddress(shown);
    if (href === null) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index), href: null });
    parts.push({ text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done), href: null });
  return parts;
}

function withoutTail(candidate: string): string {
  let shown = candidate;
  for (;;) {
    const last = shown.at(-1) ?? "";
    const opening = pairs[last];
    const unpaired = opening !== undefined && count(shown, opening) < count(shown, last);
    if (!unpaired && !afterwards.test(shown)) return shown;
    shown = shown.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** Null for what is no address, and for one that pretends to be another by a name before its host. */
function safeAddress(shown: string): string | null {
  if (!URL.canParse(shown)) return null;
  const { protocol, username, password, hostname, pathname, href } = new URL(shown);
  if (protocol === "mailto:") return /^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(pathname) ? href : null;
  if (protocol !== "http:" && protocol !== "https:") return null;
  return username || password || !hostname ? null : href;
}

const pictograph = /\p{Extended_Pictographic}|[\u{1f1e6}-\u{1f1ff}]{2}|[0-9#*]\ufe0f?\u20e3/gu;
const onlyPictographs =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]{2}|[0-9#*]\ufe0f?\u20e3|\u200d|\ufe0f|[\u{e0020}-\u{e007f}]|\s)+$/u;
const joined = /\u200d\p{Extended_Pictographic}/gu;

/** How many emoji a text is made of; 0 when there is anything else in it. */
export function countEmoji(text: string): number {
  if (text.length > 100 || !onlyPictographs.test(text) || /^[©®™\s]+$/u.test(text)) return 0;
  return (text.replaceAll(joined, "").match(pictograph) ?? []).length;
}
