import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkRedis } from "../../src/adapters/redis/client.ts";
import { createUpstashClient } from "../../src/adapters/redis/upstash-client.ts";

const token = "canary-token";
let server: Server | undefined;

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

function close(): Promise<void> {
  const closing = server;
  server = undefined;
  return new Promise((resolve) => {
    if (!closing) return resolve();
    closing.close(() => resolve());
    closing.closeAllConnections();
  });
}

afterEach(close);

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error as Error,
  );
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

describe("the Upstash client", () => {
  it("sends a command once, as it is, with the token and nothing about itself", async () => {
    const seen: { headers: IncomingMessage["headers"]; body: string }[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.push({ headers: request.headers, body });
        json(response, 200, { result: ["12", "null", "{}", "OK", "é"] });
      });
    });
    const client = createUpstashClient({ url, token, timeoutMs: 5_000 });
    expect(await client.send("HVALS", ["a key"])).toEqual(["12", "null", "{}", "OK", "é"]);
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([["HVALS", "a key"]]);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => /telemetry/.test(name))).toEqual(
      [],
    );
  });

  it("throws when the answer takes too long, and does not ask again", async () => {
    let requests = 0;
    const url = await serve(() => {
      requests += 1;
    });
    const client = createUpstashClient({ url, token, timeoutMs: 40 });
    const failure = await failureOf(client.send("HVALS", ["canary-key"]));
    expect(failure.message).toBe("Redis did not answer in time");
    expect(requests).toBe(1);
  });

  it("throws when the answer stops half-way", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write(`{"result":`);
    });
    const client = createUpstashClient({ url, token, timeoutMs: 40 });
    const failure = await failureOf(client.send("HVALS", ["canary-key"]));
    expect(failure.message).toBe("Redis did not answer in time");
  });

  it("does not ask again when the connection breaks", async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    const client = createUpstashClient({ url, token, timeoutMs: 5_000 });
    const failure = await failureOf(client.send("EVAL", ["canary-script"]));
    expect(failure.message).toBe("Redis refused or is away");
    expect(requests).toBe(1);
  });

  it.each([
    [400, "ERR max requests limit exceeded", "The Redis quota is used up"],
    [401, "WRONGPASS invalid or missing auth token", "Redis refused the token"],
    [500, "ERR canary-key", "Redis refused or is away"],
    [200, "ERR canary-key", "Redis refused or is away"],
    [200, undefined, "Redis refused or is away"],
  ])("tells neither command nor address of a %i that says %s", async (status, error, message) => {
    const url = await serve((request, response) => {
      request.resume();
      request.on("end", () => json(response, status, { error }));
    });
    const client = createUpstashClient({ url, token, timeoutMs: 5_000 });
    const failure = await failureOf(client.send("EVAL", ["canary-key", "canary-value"]));
    expect(failure.cause).toBeUndefined();
    expect(`${failure.message} ${failure.stack}`).not.toMatch(/canary|127\.0\.0\.1/);
    expect(failure.message).toBe(message);
    await expect(checkRedis(client)).rejects.toThrow(message);
  });

  it("tells neither when the answer is no JSON", async () => {
    const url = await serve((_, response) => {
      response.end("<html>canary-page</html>");
    });
    const client = createUpstashClient({ url, token, timeoutMs: 5_000 });
    const failure = await failureOf(client.send("PING", []));
    expect(failure.message).toBe("Redis refused or is away");
  });

  it.each(["not an address", "redis://localhost:6379"])("refuses the address %s", (url) => {
    expect(() => createUpstashClient({ url, token, timeoutMs: 1 })).toThrow(
      "The address of the Redis REST endpoint is not valid",
    );
  });
});
