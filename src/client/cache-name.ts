/** What a token of the same person says otherwise next time. */
const passing = new Set(
  ["exp", "iat", "nbf", "jti", "auth_time", "nonce", "sid", "name", "username"].concat(
    "full_name",
    "preferred_username",
    "email",
    "picture",
    "avatar",
  ),
);

/** Whose token it is, as far as it can be read; null where it is no JWT. */
export function subjectOf(token: string): string | null {
  try {
    const [, payload = ""] = token.split(".");
    const bytes = Uint8Array.from(
      atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
      (letter) => letter.codePointAt(0) ?? 0,
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const subject = claims["user_id"] ?? claims["sub"];
    if (typeof subject === "string" || typeof subject === "number") return String(subject);
    // The server knows by which claim the person is named; here it is one of those that stay.
    const lasting = Object.entries(claims).filter(([name]) => !passing.has(name));
    return `claims ${hash(JSON.stringify(lasting.toSorted(([a], [b]) => (a < b ? -1 : 1))))}`;
  } catch {
    return null;
  }
}

/** What belongs to one person of one server, so that two on one browser never see each other's. */
export function cacheNameOf(url: string, token: string | null): string {
  if (token === null) return `parley ${url} nobody`;
  const subject = subjectOf(token);
  return subject === null ? `parley ${url} token ${hash(token)}` : `parley ${url} user ${subject}`;
}

/** Fowler, Noll and Vo (1a), twice with different beginnings: 64 bits, for a name only. */
function hash(text: string): string {
  return [0x811c9dc5, 0x01000193]
    .map((basis) => {
      let value = basis;
      for (const letter of text)
        value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
      return (value >>> 0).toString(36);
    })
    .join("");
}
