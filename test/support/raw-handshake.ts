import { connect } from "node:net";
import type { Socket } from "node:net";

export interface HandshakeAnswer {
  status: number;
  headers: Headers;
  body: string;
  /** The bare connection, to write frames that no library would; the caller ends it. */
  socket: Socket;
}

export interface Handshake {
  path: string;
  method?: string;
  /** Replaces a header of a good handshake; null leaves it out, a list sends it so many times. */
  headers?: Record<string, string | string[] | null>;
  /** Sent after the head. */
  body?: string;
}

/** Shakes hands byte by byte, well or badly, and reads the answer's head and body. */
export async function shakeHands(
  { url }: { url: string },
  { path, method = "GET", headers = {}, body = "" }: Handshake,
): Promise<HandshakeAnswer> {
  const { host, hostname, port } = new URL(url);
  const good = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const lines = Object.entries({ ...good, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((each) => `${name}: ${each}`),
  );
  const socket = connect({ port: Number(port), host: hostname });
  socket.on("error", () => undefined);
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  const text = await readAnswer(socket);
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...rest] = text.slice(0, end).split("\r\n");
  const pairs = rest.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const status = Number(first.split(" ")[1]);
  return { status, headers: new Headers(pairs), body: text.slice(end + 4), socket };
}

/** The status of a handshake, and the code of the problem that it was answered with. */
export async function statusOf(
  place: { url: string },
  handshake: Handshake,
): Promise<{ status: number; code: unknown }> {
  const { status, body, socket } = await shakeHands(place, handshake);
  socket.destroy();
  if (status === 101) return { status, code: null };
  const json = body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1);
  const problem = (json === "" ? {} : JSON.parse(json)) as Record<string, unknown>;
  return { status, code: problem["code"] };
}

/** Reads the head, and of an answer that is no upgrade the whole body. */
function readAnswer(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("latin1");
  const look = (): void => {
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? NaN);
    const isChunked = /^transfer-encoding: *chunked/im.test(text.slice(0, end));
    const isWhole = isChunked ? text.endsWith("0\r\n\r\n") : text.length >= end + 4 + length;
    if (/^HTTP\/1.1 101 /.test(text) || isWhole) resolve(text);
  };
  socket.on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  socket.on("close", () => resolve(text));
  return promise;
}
