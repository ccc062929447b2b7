import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createWorkerLog, expectHealthy } from "../../../src/platforms/local/worker-health.ts";

let status: number;
let url: string;

const server = createServer((_request, response) => {
  response.statusCode = status;
  response.end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("a Worker that refuses its configuration stops the start with its reason", async () => {
  status = 500;
  const log = createWorkerLog();
  const reason = 'Error: LIMITS: "x" is wrong\n    at parse (worker.js:1:2)';
  const message = JSON.stringify({ level: "error", event: "configuration.invalid", reason });
  setTimeout(() => log.write({ level: "error", message }), 20);
  await expect(expectHealthy(url, log)).rejects.toThrow(
    /^The Worker does not serve: LIMITS: "x" is wrong$/,
  );
});

test("one that says nothing is told by its answer", async () => {
  status = 503;
  await expect(expectHealthy(url, createWorkerLog())).rejects.toThrow("/health answers 503");
});

test("what was said before it served is printed once it does", async () => {
  status = 200;
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const log = createWorkerLog();
    log.write({ level: "info", message: "early" });
    expect(write).not.toHaveBeenCalled();
    await expectHealthy(url, log);
    log.write({ level: "info", message: "late" });
    expect(write.mock.calls.map(([text]) => text)).toEqual(["early\n", "late\n"]);
  } finally {
    write.mockRestore();
  }
});
