import { createHmac, scrypt } from "node:crypto";
import { createLinkSigner, type HmacSha256 } from "../../adapters/hmac/link-signer.ts";
import { createTokenIssuer } from "../../adapters/jwt/token-issuer.ts";
import { createTokenVerifier } from "../../adapters/jwt/token-verifier.ts";
import { systemClock as clock } from "../../adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "../../adapters/memory/rate-limiter.ts";
import { createMemorySendGate } from "../../adapters/memory/send-gate.ts";
import { createMemoryUnreadCounters } from "../../adapters/memory/unread-counters.ts";
import type { Database } from "../../adapters/postgres/database.ts";
import { checkMigrations, checkPostgres } from "../../adapters/postgres/diagnostics.ts";
import { createGatheredMarks } from "../../adapters/postgres/gather-marks.ts";
import { createGatheredSends } from "../../adapters/postgres/gather-sends.ts";
import { createPostgresHistoryStore } from "../../adapters/postgres/history-store.ts";
import { createPostgresUploadNotes } from "../../adapters/postgres/upload-notes.ts";
import { createPostgresUserStore } from "../../adapters/postgres/user-store.ts";
import { checkRedis, type RedisClient } from "../../adapters/redis/client.ts";
import { createGatheredUnreadCounters } from "../../adapters/redis/gathered-unread-counters.ts";
import { createRedisUnreadCounters } from "../../adapters/redis/unread-counters.ts";
import { createScryptPasswordHasher } from "../../adapters/scrypt/password-hasher.ts";
import type { AttachmentStore } from "../../ports/attachment-store.ts";
import type { ServiceCheck } from "../../ports/diagnostics.ts";
import type { Ports } from "../../ports/index.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UserHubs } from "../../ports/user-hub.ts";
import { readConfig } from "./config.ts";
import { consoleLogger } from "./logger.ts";

/** What the ports are built on; opened by whoever starts the server. */
export interface Stores {
  database: Database;
  /** Null: unread counts are cached in this process. */
  redis: RedisClient | null;
  attachments: AttachmentStore;
  checkAttachments(): Promise<string>;
}

export interface PortsOptions {
  settings: Record<string, string>;
  secrets: { authSecret: string; serviceKey: string };
  stores: Stores;
  hubs: UserHubs;
  later: Ports["later"];
}

/** Everything that the use cases ask of the world, on a server of one's own. */
export function createPorts({ settings, secrets, stores, hubs, later }: PortsOptions): Ports {
  const { authSecret: secret, serviceKey } = secrets;
  const config = readConfig(settings, serviceKey);
  return {
    clock,
    config,
    log: consoleLogger,
    tokens: createTokenVerifier({ secret, clock, ...hostTokens(settings) }),
    issuer: createTokenIssuer({ secret, clock }),
    links: createLinkSigner({ secret, hmac }),
    passwords: createScryptPasswordHasher({ scrypt }),
    users: createPostgresUserStore(stores.database),
    history: createPostgresHistoryStore(stores.database, {
      sendMessage: createGatheredSends(stores.database),
      markDelivered: createGatheredMarks(stores.database, clock),
    }),
    hubs,
    unread: createUnread(stores.redis),
    limiter: createMemoryRateLimiter(clock),
    sendGate: createMemorySendGate(clock, config.limits),
    attachments: stores.attachments,
    uploads: createPostgresUploadNotes(stores.database),
    services: createServices(stores, hubs),
    later,
  };
}

const hmac: HmacSha256 = (key, data) => createHmac("sha256", key).update(data).digest();

function createUnread(redis: RedisClient | null): UnreadCounters {
  if (!redis) return createMemoryUnreadCounters();
  return createGatheredUnreadCounters(createRedisUnreadCounters(redis), { clock });
}

function createServices(stores: Stores, hubs: UserHubs): ServiceCheck[] {
  const { database, redis } = stores;
  return [
    checkPostgres(database),
    checkMigrations(database),
    { name: "redis", check: async () => (redis ? checkRedis(redis) : "in this process") },
    { name: "attachments", check: stores.checkAttachments },
    {
      name: "hub",
      check: async () => `answers (${(await hubs.unreadVersions(0))?.length ?? 0} entries)`,
    },
  ];
}

const hostTokenSettings = {
  jwksUrl: "AUTH_JWKS_URL",
  issuer: "AUTH_ISSUER",
  audience: "AUTH_AUDIENCE",
  userClaim: "AUTH_USER_CLAIM",
} as const;

/** How the host application's tokens differ from our own. */
function hostTokens(
  settings: Record<string, string>,
): Partial<Record<keyof typeof hostTokenSettings, string>> {
  const given = Object.entries(hostTokenSettings).flatMap(([option, name]) =>
    settings[name] ? [[option, settings[name]] as const] : [],
  );
  return Object.fromEntries(given);
}
