import { createHmac, scrypt } from "node:crypto";
import { waitUntil } from "cloudflare:workers";
import { createLinkSigner, type HmacSha256 } from "../../adapters/hmac/link-signer.ts";
import { createTokenIssuer } from "../../adapters/jwt/token-issuer.ts";
import { createTokenVerifier } from "../../adapters/jwt/token-verifier.ts";
import { systemClock } from "../../adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "../../adapters/memory/rate-limiter.ts";
import { createMemorySendGate } from "../../adapters/memory/send-gate.ts";
import { checkMigrations, checkPostgres } from "../../adapters/postgres/diagnostics.ts";
import { createGatheredMarks } from "../../adapters/postgres/gather-marks.ts";
import { createGatheredSends } from "../../adapters/postgres/gather-sends.ts";
import { createPostgresHistoryStore } from "../../adapters/postgres/history-store.ts";
import { createNeonDatabase } from "../../adapters/postgres/neon-database.ts";
import { createPostgresUploadNotes } from "../../adapters/postgres/upload-notes.ts";
import { createPostgresUserStore } from "../../adapters/postgres/user-store.ts";
import { checkRedis } from "../../adapters/redis/client.ts";
import { createGatheredUnreadCounters } from "../../adapters/redis/gathered-unread-counters.ts";
import { createRedisUnreadCounters } from "../../adapters/redis/unread-counters.ts";
import { createUpstashClient } from "../../adapters/redis/upstash-client.ts";
import { createScryptPasswordHasher } from "../../adapters/scrypt/password-hasher.ts";
import type { ServiceCheck } from "../../ports/diagnostics.ts";
import type { Ports } from "../../ports/index.ts";
import type { SendGate } from "../../ports/send-gate.ts";
import { readAuthSecret, readConfig } from "./config.ts";
import { consoleLogger } from "./logger.ts";
import { createR2AttachmentStore } from "./r2-attachment-store.ts";
import { requestClock } from "./request-clock.ts";
import { createSharedTimer } from "./shared-timer.ts";
import { createUserHubs } from "./user-hubs.ts";

/** A Worker may go on trying after its answer; a hub that waited for long could not sleep. */
const pausesMs = { worker: [100, 400, 1_500, 5_000, 10_000], hub: [100, 400] };

/** What one hub has for itself: its own timers, and the other hubs seen by them. */
export function createHubPorts(env: Env): Pick<Ports, "clock" | "hubs"> {
  const clock = createSharedTimer({ mostMs: 1_000 });
  return { clock, hubs: createUserHubs(env.USER_HUB, { clock, pausesMs: pausesMs.hub }) };
}

/** One for the Worker and all hubs of an isolate: they share its processor. */
let sendGate: SendGate | undefined;

/** Everything that the use cases ask of the world, on Cloudflare. */
export function createPorts(env: Env, place: "worker" | "hub"): Ports {
  const clock = place === "worker" ? requestClock : systemClock;
  const secret = readAuthSecret(env);
  const { NEON_FETCH_ENDPOINT: fetchEndpoint } = env;
  const database = createNeonDatabase(env.DATABASE_URL, fetchEndpoint ? { fetchEndpoint } : {});
  const redis = createUpstashClient({
    url: env.UPSTASH_REDIS_REST_URL,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    timeoutMs: 2_000,
  });
  const hubs = createUserHubs(env.USER_HUB, { clock, pausesMs: pausesMs[place] });
  const services: ServiceCheck[] = [
    checkPostgres(database),
    checkMigrations(database),
    { name: "redis", check: () => checkRedis(redis) },
    { name: "attachments", check: () => checkBucket(env.ATTACHMENTS) },
    {
      name: "hub",
      check: async () => `answers (${(await hubs.unreadVersions(0))?.length ?? 0} entries)`,
    },
  ];

  const config = readConfig(env);
  sendGate ??= createMemorySendGate(clock, config.limits);

  return {
    clock,
    config,
    log: consoleLogger,
    tokens: createTokenVerifier({ secret, clock, ...hostTokens(env) }),
    issuer: createTokenIssuer({ secret, clock }),
    links: createLinkSigner({ secret, hmac }),
    passwords: createScryptPasswordHasher({ scrypt }),
    users: createPostgresUserStore(database),
    history: createPostgresHistoryStore(database, {
      sendMessage: createGatheredSends(database),
      markDelivered: createGatheredMarks(database, clock),
    }),
    hubs,
    unread: createGatheredUnreadCounters(createRedisUnreadCounters(redis), { clock }),
    limiter: createMemoryRateLimiter(clock),
    sendGate,
    attachments: createR2AttachmentStore(env.ATTACHMENTS),
    uploads: createPostgresUploadNotes(database),
    services,
    later: place === "worker" ? waitUntil : () => undefined,
  };
}

const hmac: HmacSha256 = (key, data) => createHmac("sha256", key).update(data).digest();

/** How the host application's tokens differ from our own. */
function hostTokens(env: Env): {
  jwksUrl?: string;
  issuer?: string;
  audience?: string;
  userClaim?: string;
} {
  return {
    ...(env.AUTH_JWKS_URL && { jwksUrl: env.AUTH_JWKS_URL }),
    ...(env.AUTH_ISSUER && { issuer: env.AUTH_ISSUER }),
    ...(env.AUTH_AUDIENCE && { audience: env.AUTH_AUDIENCE }),
    ...(env.AUTH_USER_CLAIM && { userClaim: env.AUTH_USER_CLAIM }),
  };
}

async function checkBucket(bucket: R2Bucket): Promise<string> {
  await bucket.list({ limit: 1 });
  return "answers";
}
