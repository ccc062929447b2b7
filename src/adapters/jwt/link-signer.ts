import { base64url } from "jose";
import type { LinkSigner } from "../../ports/identity.ts";
import { createPurposeKey } from "./keys.ts";

const encoder = new TextEncoder();

function payload(resource: string, expiresAt: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${expiresAt}:${resource}`);
}

/** Whether `expiresAt` has passed is for the caller to see; the signature only says that it was not changed. */
export function createLinkSigner({ secret }: { secret: string }): LinkSigner {
  const key = createPurposeKey(secret, "link");
  return {
    async sign(resource: string, expiresAt: number): Promise<string> {
      const signature = await crypto.subtle.sign("HMAC", await key(), payload(resource, expiresAt));
      return base64url.encode(new Uint8Array(signature));
    },
    async verify(resource: string, expiresAt: number, signature: string): Promise<boolean> {
      if (!/^[A-Za-z0-9_-]{43}$/.test(signature)) return false;
      const given = new Uint8Array(base64url.decode(signature));
      return crypto.subtle.verify("HMAC", await key(), given, payload(resource, expiresAt));
    },
  };
}
