import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Outlet } from "../../../src/http/outlet.ts";
import { openDirectOutlet } from "../../../src/platforms/bun/direct-outlet.ts";
import { eventually } from "./eventually.ts";

/** A server that answers its one request with an outlet, and a client that may stop reading. */
async function openPair({ answerAfterMs = 0 } = {}) {
  const outlets = Promise.withResolvers<Outlet>();
  let gone = 0;
  const server = Bun.serve({
    port: 0,
    development: false,
    async fetch(request) {
      const outlet = openDirectOutlet(request, () => void (gone += 1));
      outlets.resolve(outlet);
      await sleep(answerAfterMs);
      return new Response(outlet.body);
    },
  });
  const client = connect(server.port ?? 0, "127.0.0.1");
  let text = "";
  let isBroken = false;
  client.setEncoding("latin1").on("data", (data: string) => void (text += data));
  client.on("error", () => void (isBroken = true));
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const outlet = await outlets.promise;
  return {
    outlet,
    client,
    text: () => text,
    isBroken: () => isBroken,
    gone: () => gone,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.stop(true);
    },
  };
}

describe("a body that is written to the connection itself", () => {
  it("brings what was written before the response began, and ends", async () => {
    await using pair = await openPair({ answerAfterMs: 20 });
    await pair.outlet.write("one ");
    await pair.outlet.write("two");
    await pair.outlet.end();
    await eventually(pair.text, (text) => /one [^]*two[^]*0\r\n\r\n$/.test(text));
    expect([pair.gone(), pair.isBroken()]).toEqual([0, false]);
  });

  it("breaks off in a way that the client can tell from an end", async () => {
    await using pair = await openPair();
    await pair.outlet.write("one");
    pair.outlet.abort();
    await eventually(pair.isBroken, (isBroken) => isBroken);
    await expect(pair.outlet.write("two")).rejects.toThrow("already been closed");
    expect(pair.gone()).toBe(0);
  });

  it("waits for a reader who does not read, and fails where they leave instead [FLOW-1] [READ-2]", async () => {
    await using pair = await openPair();
    await pair.outlet.write("one");
    pair.client.pause();
    let written = 0;
    let isOver = false;
    const writing = (async () => {
      for (;;) {
        await pair.outlet.write("x".repeat(1_000_000));
        written += 1;
      }
    })().catch(() => void (isOver = true));
    let before = -1;
    while (written > before) {
      before = written;
      await sleep(300);
    }
    pair.client.destroy();
    await writing;
    expect([isOver, written, pair.gone()]).toEqual([true, before, 1]);
  });

  it("tells of a client who left before the response began", async () => {
    await using pair = await openPair({ answerAfterMs: 100 });
    pair.client.destroy();
    expect(await eventually(pair.gone, (gone) => gone > 0)).toBe(1);
  });
});
