import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** A proxy in front of a real service, to take that service away from one server only. */
export interface FaultProxy {
  /** The service's address, by way of the proxy. */
  readonly url: string;
  /** Ends every connection, and each new one at once. */
  refuse(): void;
  /** Keeps every connection and takes new ones, but lets nothing through. */
  swallow(): void;
  heal(): void;
  close(): Promise<void>;
}

type Mode = "pass" | "refuse" | "swallow";

export async function createFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let mode: Mode = "pass";

  const server = createServer((near) => {
    if (mode === "refuse") {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    const pair = { near, far };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", () => undefined).on("close", end);
    // What is swallowed is lost for good: the connection is of no use after that.
    near.on("data", (chunk) => void (mode === "pass" && far.write(chunk)));
    far.on("data", (chunk) => void (mode === "pass" && near.write(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);

  const cut = (): void => {
    for (const { near } of pairs) near.destroy();
  };
  return {
    url: url.href,
    refuse() {
      mode = "refuse";
      cut();
    },
    swallow() {
      mode = "swallow";
    },
    heal() {
      if (mode === "swallow") cut();
      mode = "pass";
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
