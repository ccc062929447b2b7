import type { PasswordHasher } from "../../ports/identity.ts";

interface Cost {
  /** The base-2 logarithm of N. */
  ln: number;
  r: number;
  p: number;
}

interface ScryptLimits {
  N: number;
  r: number;
  p: number;
  maxmem: number;
}

/** The shape of `scrypt` in node:crypto, which Node, Bun and workerd all have. */
export type Scrypt = (
  ...call: [
    password: string,
    salt: Uint8Array,
    keyLength: number,
    limits: ScryptLimits,
    done: (error: Error | null, key: Uint8Array) => void,
  ]
) => void;

export interface ScryptPasswordHasherOptions {
  scrypt: Scrypt;
  cost?: Cost;
}

/**
 * OWASP's scrypt setting for 32 MiB. Its first choice takes the whole 128 MiB that all requests of a Worker share;
 * this one asks the same work of an attacker by running three times.
 */
const defaultCost: Cost = { ln: 15, r: 8, p: 3 };

/** What a stored hash may ask for at most, so that a planted one cannot exhaust the server. */
const maxCost: Cost = { ln: 17, r: 8, p: 8 };
const saltBytes = 16;
const keyBytes = 32;

interface ParsedHash {
  cost: Cost;
  salt: Uint8Array<ArrayBuffer>;
  key: Uint8Array<ArrayBuffer>;
}

const hashFormat =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

function format({ cost, salt, key }: ParsedHash): string {
  const [saltText, keyText] = [salt, key].map((bytes) => bytes.toBase64({ omitPadding: true }));
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${saltText}$${keyText}`;
}

function parse(hash: string): ParsedHash | null {
  const [, ln, r, p, salt, key] = hashFormat.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return null;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isPossible = cost.ln > 0 && cost.r > 0 && cost.p > 0;
  const isAffordable = cost.ln <= maxCost.ln && cost.r <= maxCost.r && cost.p <= maxCost.p;
  if (!isPossible || !isAffordable) return null;
  return { cost, salt: Uint8Array.fromBase64(salt), key: Uint8Array.fromBase64(key) };
}

/** Looks at every byte, so that the time tells nothing about where two keys differ. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}

export function createScryptPasswordHasher(options: ScryptPasswordHasherOptions): PasswordHasher {
  const { scrypt, cost = defaultCost } = options;

  function derive(password: string, salt: Uint8Array, { ln, r, p }: Cost): Promise<Uint8Array> {
    const N = 2 ** ln;
    // The exact need is 128 × r × (N + p + 2) bytes.
    const limits = { N, r, p, maxmem: 128 * r * (N + p + 2) };
    return new Promise((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, keyBytes, limits, (error, key) => {
        if (error) reject(error);
        else resolve(key);
      });
    });
  }

  const randomSalt = (): Uint8Array<ArrayBuffer> =>
    crypto.getRandomValues(new Uint8Array(saltBytes));

  return {
    async hash(password: string): Promise<string> {
      const salt = randomSalt();
      const key = new Uint8Array(await derive(password, salt, cost));
      return format({ cost, salt, key });
    },

    async verify(password: string, hash: string): Promise<boolean> {
      const known = parse(hash);
      const key = await derive(password, known?.salt ?? randomSalt(), known?.cost ?? cost);
      return known !== null && isSame(known.key, key);
    },
  };
}
