import { randomBytes } from "node:crypto";
import { createLoopbackServer, sameSecret } from "../machine/loopback-server.ts";
import type { LoopbackReply, LoopbackRequest } from "../machine/loopback-server.ts";
import { RedisReplyError } from "./redis-engine.ts";
import type { RedisEngine, RedisOutcome, RedisReply } from "./redis-engine.ts";

export interface UpstashEndpoint {
  url: string;
  token: string;
  close(): Promise<void>;
}

/** Serves the Upstash REST protocol from `engine`, so that `@upstash/redis` runs unchanged. */
export async function createUpstashEndpoint(engine: RedisEngine): Promise<UpstashEndpoint> {
  const token = randomBytes(24).toString("hex");
  const server = await createLoopbackServer(async (request) => {
    if (!sameSecret(request.headers.authorization, `Bearer ${token}`)) {
      return reply(401, { error: "WRONGPASS invalid or missing auth token" });
    }
    try {
      return await run(engine, request);
    } catch (error) {
      return errorReply(error);
    }
  });
  return { url: `http://127.0.0.1:${server.port}`, token, close: () => server.close() };
}

async function run(engine: RedisEngine, request: LoopbackRequest): Promise<LoopbackReply> {
  const single = request.path === "/";
  if (!single && request.path !== "/pipeline" && request.path !== "/multi-exec") {
    return reply(404, { error: `ERR ${request.path} is not served` });
  }
  const commands = parseCommands(request.body, single);
  if (commands === null) return reply(400, { error: "ERR expected a JSON array of a command" });
  const refused = commands.find(isRefused);
  if (refused !== undefined) {
    return reply(400, { error: `ERR Command is not available: '${refused[0]}'` });
  }
  const outcomes =
    request.path === "/multi-exec"
      ? await engine.transaction(commands)
      : await engine.pipeline(commands);
  const encoded =
    request.headers["upstash-encoding"] === "base64" ? outcomes.map(toBase64) : outcomes;
  const [first] = encoded;
  if (!single || first === undefined) return reply(200, encoded);
  return reply("error" in first ? 400 : 200, first);
}

function parseCommands(body: string, single: boolean): string[][] | null {
  const json = parseJson(body);
  const list: unknown = single ? [json] : json;
  if (!Array.isArray(list)) return null;
  const commands: string[][] = [];
  for (const item of list) {
    if (!Array.isArray(item) || item.length === 0) return null;
    commands.push(item.map(toArgument));
  }
  return commands;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toArgument(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const connectionCommands = new Set(
  "auth client discard exec hello monitor multi psubscribe punsubscribe quit reset select ssubscribe subscribe sunsubscribe unsubscribe unwatch watch".split(
    " ",
  ),
);
const blockingCommands = /^(b[lrz]|wait|shutdown$|debug$)/i;

/** All callers share one connection: what changes or blocks it is refused, as Upstash does. */
function isRefused([name = ""]: string[]): boolean {
  return connectionCommands.has(name.toLowerCase()) || blockingCommands.test(name);
}

function toBase64(outcome: RedisOutcome): RedisOutcome {
  return "error" in outcome ? outcome : { result: encode(outcome.result) };
}

function encode(value: RedisReply): RedisReply {
  if (Array.isArray(value)) return value.map(encode);
  // The client takes a bare OK as it is, and Upstash sends it so.
  if (typeof value !== "string" || value === "OK") return value;
  return Buffer.from(value).toString("base64");
}

function errorReply(error: unknown): LoopbackReply {
  const message = error instanceof Error ? error.message : String(error);
  return reply(error instanceof RedisReplyError ? 400 : 503, { error: message });
}

function reply(status: number, body: object): LoopbackReply {
  return { status, json: JSON.stringify(body) };
}
