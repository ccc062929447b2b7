const mostBytes = 255;
const mostExtension = 16;
const encoder = new TextEncoder();

/** Control characters, and those that change the direction or hide: a name must show its real extension. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A name that is safe to show and to save under, whatever the uploader called the file (FILE-4). */
export function cleanFileName(given: string | null): string {
  const last = (given ?? "").toWellFormed().split(/[/\\]/).at(-1)!;
  const seen = last.normalize("NFC").replaceAll("\uFFFD", "").replaceAll(unseen, "").trim();
  const name = shorten(seen.replaceAll(/[<>:"|?*]/g, "_"));
  return /^[.\s]*$/.test(name) ? "file" : name;
}

/** Cuts before the extension and never through a character. */
function shorten(name: string): string {
  if (byteLength(name) <= mostBytes) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= mostExtension ? name.slice(dot) : "";
  let stem = "";
  let room = mostBytes - byteLength(extension);
  for (const char of name.slice(0, name.length - extension.length)) {
    room -= byteLength(char);
    if (room < 0) break;
    stem += char;
  }
  return stem.trimEnd() + extension;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
