import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Authenticate } from "../usecases/authenticate.ts";

/** The token of `Authorization: Bearer T` or `Authorization: Token T`; null when there is none. */
export function bearerToken(header: string | undefined): string | null {
  return /^(?:bearer|token) ([^\s]+)$/i.exec(header ?? "")?.[1] ?? null;
}

/** Lets only people with a valid token pass (AUTH-1). */
export function signedIn(authenticate: Authenticate): MiddlewareHandler {
  return async (c, next) => {
    const token = bearerToken(c.req.header("Authorization"));
    if (token === null) throw new ChatError("unauthorized");
    c.set("session", await authenticate(token));
    await next();
  };
}

/** Lets only the host application's backend pass; without a key there is nothing here (AUTH-5). */
export function serviceOnly({ config }: Pick<Ports, "config">): MiddlewareHandler {
  return async (c, next) => {
    if (config.serviceKey === null) throw new ChatError("not-found");
    // Unlike a token, a key may hold spaces.
    const [, given] = /^(?:bearer|token) (.+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    if (given === undefined || !(await isSame(given, config.serviceKey))) {
      throw new ChatError("unauthorized");
    }
    await next();
  };
}

/** Compares digests byte by byte, so that the time tells nothing about the key. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([digest(one), digest(other)]);
  return first.reduce((difference, byte, index) => difference | (byte ^ second[index]!), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
