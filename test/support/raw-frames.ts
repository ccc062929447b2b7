import type { HandshakeAnswer } from "./raw-handshake.ts";

export interface RawFrame {
  opcode: number;
  payload?: string | Uint8Array;
  isLast?: boolean;
  /** The three bits that only extensions may set. */
  reserved?: number;
  isMasked?: boolean;
  /** Claims this length instead of the payload's own. */
  length?: bigint;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** One frame's bytes, as RFC 6455 section 5.2 lays them out, right or wrong. */
export function frameBytes(frame: RawFrame): Buffer {
  const { opcode, payload = "", isLast = true, reserved = 0, isMasked = true } = frame;
  const data = Buffer.from(payload as string);
  const claimed = frame.length ?? BigInt(data.length);
  const first = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  const size =
    claimed < 126n && frame.length === undefined
      ? Buffer.from([first, mask | data.length])
      : Buffer.concat([Buffer.from([first, mask | 127]), longLength(claimed)]);
  // A key of zeros masks nothing.
  return Buffer.concat([size, Buffer.alloc(isMasked ? 4 : 0), data]);
}

function longLength(length: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(length);
  return bytes;
}

export interface Closing {
  /** Of the server's close frame; null when the connection ended without one. */
  code: number | null;
  /** How much came before. */
  bytes: number;
}

/** Reads until the server closes. */
export function closingOf({ socket, body }: HandshakeAnswer): Promise<Closing> {
  const { promise, resolve } = Promise.withResolvers<Closing>();
  let bytes = Buffer.from(body, "latin1");
  const look = (): void => {
    const code = findClose(bytes);
    if (code !== undefined) resolve({ code, bytes: bytes.length });
  };
  socket.on("data", (chunk: string) => {
    bytes = Buffer.concat([bytes, Buffer.from(chunk, "latin1")]);
    look();
  });
  socket.on("close", () => resolve({ code: null, bytes: bytes.length }));
  look();
  return promise;
}

/** Walks over whole frames until the one that closes. */
function findClose(bytes: Buffer): number | undefined {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const opcode = bytes[at]! & 0x0f;
    const short = bytes[at + 1]! & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (at + head > bytes.length) return undefined;
    const long = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const length = short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : long;
    if (at + head + length > bytes.length) return undefined;
    if (opcode === opcodes.close) return length < 2 ? 1005 : bytes.readUInt16BE(at + head);
    at += head + length;
  }
  return undefined;
}
