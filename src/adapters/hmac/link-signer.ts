import type { LinkSigner } from "../../ports/identity.ts";

/** HMAC-SHA-256 that answers at once, as node:crypto has it; WebCrypto's would make a hub wait for each frame. */
export type HmacSha256 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

export interface LinkSignerOptions {
  secret: string;
  hmac: HmacSha256;
}

const encoder = new TextEncoder();

/** Whether `expiresAt` has passed is for the caller to see; the signature only says that it was not changed. */
export function createLinkSigner({ secret, hmac }: LinkSignerOptions): LinkSigner {
  // A key of its own for this purpose: what is signed with it is worth nothing as a token.
  const key = hmac(encoder.encode(secret), encoder.encode("parley link"));
  const sign = (resource: string, expiresAt: number): string =>
    hmac(key, encoder.encode(`${expiresAt}:${resource}`)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });

  return {
    sign,
    verify: (resource, expiresAt, signature) => isSame(sign(resource, expiresAt), signature),
  };
}

/** Takes as long for any wrong signature, wherever it differs. */
function isSame(right: string, given: string): boolean {
  if (given.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < right.length; index++) {
    difference |= right.charCodeAt(index) ^ given.charCodeAt(index);
  }
  return difference === 0;
}
