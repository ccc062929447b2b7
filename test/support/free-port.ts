import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections: one of those could take it before it is used. */
const [first, last] = [12_000, 32_000];

/** A port of this machine that nothing listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const port = randomInt(first, last);
  const server = createServer().listen({ host: "127.0.0.1", port });
  try {
    await once(server, "listening");
  } catch {
    return findFreePort();
  }
  server.close();
  await once(server, "close");
  return port;
}
