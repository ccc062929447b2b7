import { once } from "node:events";
import { createServer } from "node:net";

/** A port of this machine that nothing listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address === "object" && address) return address.port;
  throw new Error("No port is free");
}
