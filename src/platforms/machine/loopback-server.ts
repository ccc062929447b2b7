import { timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface LoopbackServer {
  port: number;
  close(): Promise<void>;
}

export interface LoopbackRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface LoopbackReply {
  status: number;
  json: string;
}

export type LoopbackHandler = (request: LoopbackRequest) => Promise<LoopbackReply>;

/** An HTTP server on 127.0.0.1, on a free port, that takes POSTed JSON and answers JSON. */
export async function createLoopbackServer(handler: LoopbackHandler): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    void serve(handler, { request, response });
  });
  // workerd reuses idle connections; closing one just as it sends gives it a broken request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  handler: LoopbackHandler,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange;
  try {
    const body = await readBody(request);
    const { method, url = "/", headers } = request;
    if (method !== "POST") send(response, { status: 405, json: '{"error":"use POST"}' });
    else send(response, await handler({ path: url, headers, body }));
  } catch (error) {
    if (response.writableEnded || response.destroyed) return;
    send(response, { status: 500, json: JSON.stringify({ error: String(error) }) });
  }
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString()));
    request.on("error", reject);
  });
}

function send(response: ServerResponse, reply: LoopbackReply): void {
  response.writeHead(reply.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(reply.json),
  });
  response.end(reply.json);
}

export function sameSecret(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
