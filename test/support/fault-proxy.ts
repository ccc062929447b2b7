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
  /** What is said over connections opened from now on goes through the fault; null for none. */
  distort(fault: Fault | null): void;
  /** Neither reads nor writes on those it has, and tells nobody; new ones work. */
  strand(): void;
  /** Breaks those it has off, with a reset. */
  reset(): void;
  heal(): void;
  close(): Promise<void>;
}

/** One connection through the proxy, from the client's end. */
export interface Wire {
  /** To the client. */
  answer(chunk: Buffer): void;
  /** To the service. */
  pass(chunk: Buffer): void;
  cut(): void;
}

/** What to do with the bytes of one connection instead of passing them on. */
export interface Fault {
  (wire: Wire): { onRequest?(chunk: Buffer): void; onAnswer?(chunk: Buffer): void };
}

type Mode = "pass" | "refuse" | "swallow";

export async function createFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const stranded = new Set<{ near: Socket; far: Socket }>();
  let mode: Mode = "pass";
  let fault: Fault | null = null;

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
      stranded.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", () => undefined).on("close", end);
    // What is swallowed is lost for good: the connection is of no use after that.
    const wire: Wire = {
      answer: (chunk) => void (mode === "pass" && near.write(chunk)),
      pass: (chunk) => void (mode === "pass" && far.write(chunk)),
      cut: end,
    };
    const { onRequest = wire.pass, onAnswer = wire.answer } = fault?.(wire) ?? {};
    near.on("data", onRequest);
    far.on("data", onAnswer);
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
    distort(next) {
      fault = next;
      cut();
    },
    strand() {
      for (const pair of pairs) {
        pairs.delete(pair);
        stranded.add(pair);
        for (const socket of [pair.near, pair.far]) {
          socket.removeAllListeners("data");
          socket.pause();
        }
      }
    },
    reset() {
      for (const { near, far } of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    heal() {
      if (mode === "swallow") cut();
      mode = "pass";
    },
    close() {
      cut();
      for (const { near } of stranded) near.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
