const parameter = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gy;

/** The name and file name that a part of a form gives itself; null when it is no part of a form. */
export function parseDisposition(header: string): { name: string; fileName: string | null } | null {
  if (!/^form-data\s*(;|$)/i.test(header)) return null;
  const values = new Map<string, string>();
  for (const [, key, quoted, plain] of header.slice("form-data".length).matchAll(parameter)) {
    values.set(key!.toLowerCase(), quoted === undefined ? plain! : unquote(quoted));
  }
  const name = values.get("name");
  if (name === undefined || name === "") return null;
  const extended = decodeExtended(values.get("filename*"));
  return { name, fileName: extended ?? values.get("filename") ?? null };
}

/** Browsers escape a quote and line ends with percent signs, other clients a quote with a backslash. */
function unquote(text: string): string {
  return text
    .replaceAll(/\\(["\\])/g, "$1")
    .replaceAll(/%22/g, '"')
    .replaceAll(/%0D%0A|%0D|%0A/gi, " ");
}

function decodeExtended(value: string | undefined): string | null {
  const [, text] = /^utf-8'[^']*'(.*)$/i.exec(value ?? "") ?? [];
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** How a browser gets a file: shown in its place or saved under its name (RFC 6266). */
export function formatDisposition(type: "inline" | "attachment", name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
