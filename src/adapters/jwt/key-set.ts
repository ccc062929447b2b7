import { createLocalJWKSet, createRemoteJWKSet, errors } from "jose";
import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from "jose";
import type { Clock } from "../../ports/clock.ts";
import { ChatError } from "../../protocol/error.ts";

export type KeyLookup = (
  header: JWSHeaderParameters,
  token: FlattenedJWSInput,
) => Promise<CryptoKey>;

const timeoutMs = 1_000;
/** Keys as old as this are fetched again, and used meanwhile if that fails. */
const refreshMs = 10 * 60_000;
const expiryMs = 24 * 60 * 60_000;
/** Tokens with unknown keys cause no more fetches than this, nor does an issuer that is away. */
const restMs = 30_000;
const restAfterFailureMs = 5_000;

/** The public keys of a token issuer. */
export function createKeySet(url: string, clock: Pick<Clock, "now">): KeyLookup {
  const remote = createRemoteJWKSet(new URL(url), { timeoutDuration: timeoutMs });
  let loaded: KeyLookup | null = null;
  let loadedAt = 0;
  let failedAt = -Infinity;

  async function find(...token: Parameters<KeyLookup>): Promise<CryptoKey | null> {
    try {
      return loaded && (await loaded(...token));
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null;
      throw error;
    }
  }

  async function load(): Promise<boolean> {
    if (clock.now() - failedAt < restAfterFailureMs) return false;
    try {
      await remote.reload();
    } catch {
      failedAt = clock.now();
      return false;
    }
    const keys = remote.jwks();
    loaded = keys ? createLocalJWKSet(keys) : null;
    loadedAt = clock.now();
    return true;
  }

  return async (header, token) => {
    const age = loaded ? clock.now() - loadedAt : Infinity;
    const known = age < expiryMs ? await find(header, token) : null;
    if (known && age < refreshMs) return known;
    if (!known && age < restMs) throw new errors.JWKSNoMatchingKey();
    if (await load()) {
      const key = await find(header, token);
      if (key) return key;
      throw new errors.JWKSNoMatchingKey();
    }
    if (known) return known;
    const detail = "The key set of the token issuer is unreachable";
    throw new ChatError("history-unavailable", { detail, retryAfterMs: restAfterFailureMs });
  };
}
