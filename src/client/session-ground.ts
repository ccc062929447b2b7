import { openIndexedDBCache } from "./cache-indexed-db.ts";
import { createMemoryCache } from "./cache-memory.ts";
import { cacheNameOf, subjectOf } from "./cache-name.ts";
import { createCacheWriter } from "./cache-writer.ts";
import type { CacheWriter } from "./cache-writer.ts";
import type { Cache, CachedState } from "./cache.ts";
import type { ChatClientOptions } from "./chat-client.ts";
import type { Connection } from "./connection.ts";
import { createConnection } from "./create-connection.ts";
import { createTabs } from "./create-tabs.ts";
import type { Environment } from "./environment.ts";
import type { Http } from "./http.ts";
import type { Tabs } from "./tabs.ts";
import type { GetToken } from "./tokens.ts";

/** What is there once it is known who is signed in, and what the browser kept for them. */
export interface Ground {
  cache: Cache;
  writer: CacheWriter;
  tabs: Tabs;
  link: Connection;
  kept: CachedState;
}

export interface GroundOptions extends ChatClientOptions {
  url: string;
  getToken: GetToken;
  http: Http;
  environment: Environment;
}

/** A browser that has not opened its database by then is not waited for. */
const openLimitMs = 3_000;

export async function openGround(options: GroundOptions): Promise<Ground> {
  const { url, getToken, http, environment, transport } = options;
  const token = await Promise.resolve(getToken({ refresh: false })).catch(() => null);
  const name = cacheNameOf(url, token);
  // Nothing is kept for a token that says nothing: the next one would not find it again.
  const isNamed = token !== null && subjectOf(token) !== null;
  const { cache, kept } = await openCache(options, isNamed ? name : null);
  // Whoever signs in later need not be the one who signs in in another tab.
  const tabs = createTabs({ name, environment: token === null ? alone(environment) : environment });
  const link = createConnection({ url, getToken, http, tabs, environment, transport });
  return { cache, writer: createCacheWriter(cache, link.applied), tabs, link, kept };
}

function alone(environment: Environment): Environment {
  return { ...environment, locks: null, openChannel: null };
}

async function openCache(
  { persist = true, environment }: GroundOptions,
  name: string | null,
): Promise<Pick<Ground, "cache" | "kept">> {
  const { indexedDB } = environment;
  try {
    if (!persist || !indexedDB || name === null) throw new Error("Nothing is to be kept");
    const cache = await inTime(environment, openIndexedDBCache(indexedDB, name));
    return { cache, kept: await inTime(environment, cache.read()) };
  } catch {
    const cache = createMemoryCache();
    return { cache, kept: await cache.read() };
  }
}

function inTime<T>(environment: Environment, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Error("The browser's database does not open");
    const cancel = environment.after(openLimitMs, () => reject(late));
    work.then(resolve, reject).finally(cancel);
  });
}
