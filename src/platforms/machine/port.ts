import { createServer } from "node:net";
import { OperatorError } from "./operator-error.ts";

/** Fails with one clear line when `port` cannot be listened on. */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new OperatorError(`Port ${port} is in use; stop the other program or set PORT`);
    }
    throw new OperatorError(`Cannot listen on ${host}:${port} (${String(code)}); set PORT or HOST`);
  }
  await new Promise((resolve) => server.close(resolve));
}
