const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" } as const;
const usages: KeyUsage[] = ["sign", "verify"];

/** The shortest secret that is worth the 256 bits of HMAC-SHA-256 (RFC 7518 section 3.2). */
const secretBytes = 32;

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(secret);
  if (bytes.length < secretBytes) {
    throw new Error(`The signing secret needs at least ${secretBytes} characters`);
  }
  return bytes;
}

/** Keeps the key but never its promise: a Worker's request may not wait for another request's promise. */
function once(make: () => Promise<CryptoKey>): () => Promise<CryptoKey> {
  let key: CryptoKey | undefined;
  return async () => (key ??= await make());
}

/** The secret itself, which a host application may share with us. */
export function createTokenKey(secret: string): () => Promise<CryptoKey> {
  const bytes = bytesOf(secret);
  return once(() => crypto.subtle.importKey("raw", bytes, hmac, false, usages));
}

/** A key of its own for each purpose, so that what is signed for one is worth nothing for another. */
export function createPurposeKey(secret: string, purpose: string): () => Promise<CryptoKey> {
  const bytes = bytesOf(secret);
  return once(async () => {
    const master = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
    const how = {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode(`parley ${purpose}`),
    };
    return crypto.subtle.deriveKey(how, master, { ...hmac, length: 256 }, false, usages);
  });
}
