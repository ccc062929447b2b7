import { once } from "node:events";
import { createServer, request } from "node:http";

/** A proxy as some companies have them: it passes HTTP on, and lets no WebSocket through. */
export interface SocketlessProxy {
  readonly url: string;
  /** How many handshakes it ended. */
  refused(): number;
  close(): Promise<void>;
}

export async function createSocketlessProxy(target: string): Promise<SocketlessProxy> {
  const { hostname, port } = new URL(target);
  let refused = 0;
  const server = createServer((near, answer) => {
    const { method, url: path, headers } = near;
    const far = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    far.on("error", () => answer.destroy());
    answer.on("close", () => far.destroy());
    near.pipe(far);
  });
  server.on("upgrade", (_request, socket) => {
    refused += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");

  return {
    url: `http://127.0.0.1:${address.port}`,
    refused: () => refused,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
