import { connect } from "node:net";
import type { Socket } from "node:net";
import { frameBytes, opcodes } from "../../support/raw-frames.ts";

export interface RawSocketEvents {
  /** The bytes are only good during the call. */
  onText(payload: Buffer): void;
  onClose(why: string): void;
}

/** A WebSocket as cheap as can be: no masking, no buffering of its own, no objects a frame. */
export interface RawSocket {
  send(text: string): void;
  close(): void;
}

/** Resolves when the server has shaken hands. */
export function openRawSocket(url: string, events: RawSocketEvents): Promise<RawSocket> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<RawSocket>();
  const parse = createFrameParser(socket, events);
  let isOpen = false;
  let head = Buffer.alloc(0);

  socket.on("data", (chunk: Buffer) => {
    if (isOpen) return parse(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (!head.subarray(0, end).toString("latin1").startsWith("HTTP/1.1 101")) {
      reject(new Error(`no handshake: ${head.toString()}`));
      socket.destroy();
      return;
    }
    isOpen = true;
    resolve({
      send: (text) => void socket.write(textFrame(text)),
      close: () => void socket.end(frameBytes({ opcode: opcodes.close })),
    });
    if (head.length > end + 4) parse(head.subarray(end + 4));
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    reject(new Error("closed before the handshake"));
    if (isOpen) events.onClose("the connection ended");
  });
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n` +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  return promise;
}

/** A masked frame; a key of zeros masks nothing. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > 65_535) throw new Error("too long for this client");
  const start = length < 126 ? 6 : 8;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (length < 126) frame[1] = 0x80 | length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  }
  frame.fill(0, start - 4, start);
  frame.write(text, start);
  return frame;
}

/** Whole text frames go out at once; servers here send no fragments. */
function createFrameParser(socket: Socket, events: RawSocketEvents): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const size = sizeOf(bytes, at);
      if (size === null || at + size.head + size.body > bytes.length) break;
      const payload = bytes.subarray(at + size.head, at + size.head + size.body);
      const opcode = bytes[at]! & 0x0f;
      if (opcode === opcodes.text) events.onText(payload);
      else if (opcode === opcodes.ping)
        socket.write(frameBytes({ opcode: opcodes.pong, payload: Uint8Array.from(payload) }));
      else if (opcode === opcodes.close)
        events.onClose(`closed with ${payload.length < 2 ? 1005 : payload.readUInt16BE(0)}`);
      at += size.head + size.body;
    }
    rest = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
  };
}

function sizeOf(bytes: Buffer, at: number): { head: number; body: number } | null {
  if (bytes.length < at + 2) return null;
  const short = bytes[at + 1]! & 0x7f;
  if (short < 126) return { head: 2, body: short };
  const head = short === 126 ? 4 : 10;
  if (bytes.length < at + head) return null;
  const long = short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  return { head, body: long };
}
