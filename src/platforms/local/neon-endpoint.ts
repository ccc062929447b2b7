import { randomBytes } from "node:crypto";
import { createLoopbackServer, sameSecret } from "../machine/loopback-server.ts";
import type { LoopbackReply, LoopbackRequest } from "../machine/loopback-server.ts";
import { sqlErrorBody } from "./sql-engine.ts";
import type { SqlEngine, SqlQuery, SqlResult, TransactionOptions } from "./sql-engine.ts";

export interface NeonEndpoint {
  /** What `neonConfig.fetchEndpoint` takes. */
  fetchEndpoint: string;
  /** The connection string the client sends along; its password is this run's token. */
  databaseUrl: string;
  close(): Promise<void>;
}

/** Serves Neon's SQL over HTTP from `engine`, so that `@neondatabase/serverless` runs unchanged. */
export async function createNeonEndpoint(engine: SqlEngine): Promise<NeonEndpoint> {
  const token = randomBytes(24).toString("hex");
  const server = await createLoopbackServer(async (request) => {
    if (!authorized(request, token)) {
      return reply(401, { message: "the connection string does not hold this endpoint's token" });
    }
    try {
      return await run(engine, request);
    } catch (error) {
      return errorReply(error);
    }
  });
  return {
    fetchEndpoint: `http://127.0.0.1:${server.port}/sql`,
    databaseUrl: `postgresql://parley:${token}@localhost/parley`,
    close: () => server.close(),
  };
}

function authorized({ headers }: LoopbackRequest, token: string): boolean {
  const header = headers["neon-connection-string"];
  if (typeof header !== "string" || !URL.canParse(header)) return false;
  return sameSecret(new URL(header).password, token);
}

async function run(engine: SqlEngine, request: LoopbackRequest): Promise<LoopbackReply> {
  const body = parseBody(request.body);
  if (body === null) return reply(400, { message: "expected {query, params} or {queries}" });
  if (!Array.isArray(body)) return reply(200, await engine.query(body));
  const results: SqlResult[] = await engine.transaction(body, transactionOptions(request));
  return reply(200, { results });
}

function parseBody(text: string): SqlQuery | SqlQuery[] | null {
  const body: unknown = parseJson(text);
  if (typeof body !== "object" || body === null) return null;
  if (!("queries" in body)) return toQuery(body);
  if (!Array.isArray(body.queries)) return null;
  const queries = body.queries.map(toQuery);
  return queries.every((query) => query !== null) ? queries : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toQuery(body: unknown): SqlQuery | null {
  if (typeof body !== "object" || body === null) return null;
  if (!("query" in body) || typeof body.query !== "string") return null;
  const params: unknown[] = "params" in body && Array.isArray(body.params) ? body.params : [];
  return { query: body.query, params: params.map(toParam) };
}

function toParam(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function transactionOptions({ headers }: LoopbackRequest): TransactionOptions {
  const isolation = headers["neon-batch-isolation-level"];
  return {
    isolation: typeof isolation === "string" ? isolation : undefined,
    readOnly: flag(headers["neon-batch-read-only"]),
    deferrable: flag(headers["neon-batch-deferrable"]),
  };
}

function flag(header: string | string[] | undefined): boolean | undefined {
  return header === undefined ? undefined : header === "true";
}

function errorReply(error: unknown): LoopbackReply {
  const statementError = sqlErrorBody(error);
  if (statementError !== null) return reply(400, statementError);
  return reply(500, { message: error instanceof Error ? error.message : String(error) });
}

function reply(status: number, body: object): LoopbackReply {
  return { status, json: JSON.stringify(body) };
}
