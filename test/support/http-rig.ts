import { createHmac, scrypt } from "node:crypto";
import { openAsBlob } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { inject } from "vitest";
import { createLinkSigner } from "../../src/adapters/hmac/link-signer.ts";
import { createTokenIssuer } from "../../src/adapters/jwt/token-issuer.ts";
import { createTokenVerifier } from "../../src/adapters/jwt/token-verifier.ts";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import { systemClock } from "../../src/adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "../../src/adapters/memory/rate-limiter.ts";
import { createMemorySendGate } from "../../src/adapters/memory/send-gate.ts";
import { createMemoryUnreadCounters } from "../../src/adapters/memory/unread-counters.ts";
import { createPostgresHistoryStore } from "../../src/adapters/postgres/history-store.ts";
import { createPgliteDatabase } from "../../src/adapters/postgres/pglite-database.ts";
import { createPostgresUploadNotes } from "../../src/adapters/postgres/upload-notes.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import { createScryptPasswordHasher } from "../../src/adapters/scrypt/password-hasher.ts";
import { createApp } from "../../src/http/app.ts";
import type { AppOptions } from "../../src/http/env.ts";
import type { Config } from "../../src/ports/config.ts";
import type { Ports } from "../../src/ports/index.ts";
import { defaultLimits } from "../../src/protocol/limits.ts";
import type { Person } from "../../src/protocol/person.ts";
import { createQuietHubs } from "./quiet-hubs.ts";
import type { QuietHubs } from "./quiet-hubs.ts";

export const serviceKey = "a service key that only tests know 0123456789";
export const chatPath = "/api/v1/communication";

const secret = "a secret that only the tests know 0123456789";

export interface Guest {
  person: Person;
  token: string;
}

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | FormData;

export interface Call {
  method?: string;
  as?: Guest | undefined;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: Body;
}

export interface HttpRig {
  ports: Ports;
  hubs: QuietHubs;
  logged: { event: string; fields: Record<string, unknown> | undefined }[];
  alice: Guest;
  bob: Guest;
  /** Has never written to anyone. */
  carol: Guest;
  call(path: string, call?: Call): Promise<Response>;
  /** An app like this one, changed where a test cares, on the same data. */
  appWith(change: { config?: Partial<Config>; ports?: Partial<Ports>; options?: AppOptions }): {
    call(path: string, call?: Call): Promise<Response>;
  };
  countMessages(): Promise<number>;
  /** Everything that is stored, to see whether anything has changed. */
  readRows(): Promise<string>;
  close(): Promise<void>;
}

/** The whole app over a real database inside this process. */
export async function openHttpRig(): Promise<HttpRig> {
  const template = await openAsBlob(inject("embeddedTemplate"));
  const database = await PGlite.create({ loadDataDir: template });
  const hubs = createQuietHubs();
  const logged: HttpRig["logged"] = [];
  const ports = createPorts(database, hubs, logged);
  const meet = async (username: string, fullName: string): Promise<Guest> => {
    const claims = { externalId: `account:${username}`, username, fullName, avatar: null };
    return {
      person: await ports.users.ensureUser(claims),
      token: await ports.issuer.issueToken(claims),
    };
  };
  const app = createApp(ports);

  return {
    ports,
    hubs,
    logged,
    alice: await meet("alice", "Alice Moreau"),
    bob: await meet("bob", "Bob Okafor"),
    carol: await meet("carol", ""),
    call: (path, call) => request(app, path, call),
    appWith({ config, ports: changed, options }) {
      const all = { ...ports, config: { ...ports.config, ...config }, ...changed };
      const other = createApp(all, options);
      return { call: (path, call) => request(other, path, call) };
    },
    async countMessages() {
      const { rows } = await database.query<{ n: number }>("select count(*)::int n from messages");
      return rows[0]!.n;
    },
    async readRows() {
      const tables = ["users", "conversations", "conversation_members", "messages", "attachments"];
      const all = tables.map(
        (name) => `(select json_agg(t order by t.*::text) from ${name} t) ${name}`,
      );
      const { rows } = await database.query(`select ${all.join(", ")}`);
      return JSON.stringify(rows);
    },
    close: () => database.close(),
  };
}

function createPorts(database: PGlite, hubs: QuietHubs, logged: HttpRig["logged"]): Ports {
  const clock = systemClock;
  const db = createPgliteDatabase(database);
  const write = (event: string, fields?: Record<string, unknown>) => logged.push({ event, fields });
  return {
    clock,
    config: {
      // The tests send faster than people do.
      limits: { ...defaultLimits, sendBurst: 10_000 },
      accounts: true,
      queryToken: true,
      allowedOrigins: [
        "https://chat.example.com",
        "http://localhost:*",
        "http://[::1]:*",
        "https://*.example.org",
      ],
      publicUrl: null,
      serviceKey,
      version: "0.0.0-test",
    },
    log: { info: write, error: write },
    tokens: createTokenVerifier({ secret, clock }),
    issuer: createTokenIssuer({ secret, clock }),
    links: createLinkSigner({
      secret,
      hmac: (key, data) => createHmac("sha256", key).update(data).digest(),
    }),
    passwords: createScryptPasswordHasher({ scrypt, cost: { ln: 4, r: 8, p: 1 } }),
    users: createPostgresUserStore(db),
    history: createPostgresHistoryStore(db),
    hubs,
    unread: createMemoryUnreadCounters(),
    limiter: createMemoryRateLimiter(clock),
    sendGate: createMemorySendGate(clock, defaultLimits),
    attachments: createMemoryAttachmentStore(),
    uploads: createPostgresUploadNotes(db),
    services: [],
    later: (work) => void work.catch(() => undefined),
  };
}

async function request(app: OpenAPIHono, path: string, call: Call = {}): Promise<Response> {
  const { as, json, body } = call;
  const headers = new Headers(call.headers);
  if (as) headers.set("Authorization", `Bearer ${as.token}`);
  if (json !== undefined && !headers.has("Content-Type")) {
    headers.set("Content-Type", "application/json");
  }
  const content = json === undefined ? body : JSON.stringify(json);
  const method = call.method ?? (content === undefined ? "GET" : "POST");
  return app.request(path, {
    method,
    headers,
    ...(content !== undefined && { body: content, duplex: "half" as const }),
  });
}

/** The body of an error, for tests that look at its code. */
export async function problemOf(response: Response): Promise<{
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}> {
  return (await response.json()) as Awaited<ReturnType<typeof problemOf>>;
}
