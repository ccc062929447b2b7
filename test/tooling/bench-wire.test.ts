import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { indexInBytes, indexInText, textOf } from "../bench/surface.ts";
import { createChunkReader, createEventSplitter } from "../bench/wire/event-stream.ts";
import { parseAnswer } from "../bench/wire/http-sender.ts";
import { openRawSocket } from "../bench/wire/web-socket.ts";
import { frameBytes, opcodes } from "../support/raw-frames.ts";

describe("the benchmark's own wire", () => {
  test("a text has 64 bytes and carries its number", () => {
    expect(Buffer.byteLength(textOf(1_234_567))).toBe(64);
    expect(indexInText(`{"message":"${textOf(1_234_567)}"}`)).toBe(1_234_567);
    expect(indexInBytes(Buffer.from(`{"text":"${textOf(40)}"}`))).toBe(40);
    expect(indexInBytes(Buffer.from("nothing"))).toBe(-1);
    expect(indexInText("nothing")).toBe(-1);
  });

  test("chunks and events come whole however they are cut", () => {
    const events = ["event: a\ndata: 1", "event: b\nid: 2\ndata: two"];
    const stream = events.map((event) => `${event}\n\n`).join("");
    const pieces = [stream.slice(0, 7), stream.slice(7, 30), stream.slice(30)];
    const bytes = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
    for (let size = 1; size <= bytes.length; size += 1) {
      const seen: string[] = [];
      const read = createChunkReader(createEventSplitter((block) => seen.push(block)));
      for (let at = 0; at < bytes.length; at += size) read(bytes.slice(at, at + size));
      expect(seen).toEqual(events);
    }
  });

  test("an answer is whole with its length's last byte or with its last chunk", () => {
    const head = "HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n";
    expect(parseAnswer(`${head}{"a`)).toBeNull();
    expect(parseAnswer(`${head}{"a"`)).toEqual({ status: 201, body: '{"a"' });
    const chunked = "HTTP/1.1 503 Away\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    expect(parseAnswer(chunked)).toBeNull();
    expect(parseAnswer(`${chunked}0\r\n\r\n`)?.status).toBe(503);
  });

  test("frames of every length come whole however they are cut, and pings are answered", async () => {
    const texts = ["", "short", "m".repeat(126), "l".repeat(70_000), "end"];
    const frames = [
      ...texts.map((payload) => frameBytes({ opcode: opcodes.text, payload, isMasked: false })),
      frameBytes({ opcode: opcodes.ping, payload: "still?", isMasked: false }),
    ];
    const { url, received } = await serveFrames(Buffer.concat(frames));
    const seen: string[] = [];
    const socket = await openRawSocket(url, {
      onText: (payload) => seen.push(payload.toString()),
      onClose: () => undefined,
    });
    const asked = "q".repeat(300);
    socket.send(asked);
    await expect.poll(() => received()).toContain(asked);
    await expect.poll(() => received()).toContain("still?");
    expect(seen).toEqual(texts);
  });
});

/** Shakes hands with whoever comes and writes these bytes in small pieces. */
async function serveFrames(bytes: Buffer) {
  let text = "";
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      for (let at = 0; at < bytes.length; at += 1_000) socket.write(bytes.subarray(at, at + 1_000));
      socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/`, received: () => text };
}
