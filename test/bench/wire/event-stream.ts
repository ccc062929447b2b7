import { connect } from "node:net";

export interface RawStreamEvents {
  /** One whole event, as it came, in Latin-1. */
  onEvent(block: string): void;
  onClose(why: string): void;
}

/** Opens a server-sent event stream; resolves when the server has begun to answer it. */
export function openRawStream(
  { url, path, headers }: { url: string; path: string; headers: Record<string, string> },
  events: RawStreamEvents,
): Promise<{ close(): void }> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<{ close(): void }>();
  const split = createEventSplitter((block) => events.onEvent(block));
  let parse: ((text: string) => void) | null = null;
  let head = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    if (parse) return parse(text);
    head += text;
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (!head.startsWith("HTTP/1.1 200")) {
      reject(new Error(`no stream: ${head}`));
      socket.destroy();
      return;
    }
    const isChunked = /^transfer-encoding: *chunked/im.test(head.slice(0, end));
    parse = isChunked ? createChunkReader(split) : split;
    resolve({ close: () => void socket.destroy() });
    parse(head.slice(end + 4));
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    reject(new Error("closed before the stream began"));
    if (parse) events.onClose("the stream ended");
  });
  const lines = Object.entries({ Host: host, Accept: "text/event-stream", ...headers });
  socket.write(
    `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
  return promise;
}

/** Cuts what comes into events, which end with a blank line. */
export function createEventSplitter(onEvent: (block: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    rest += text;
    let at = 0;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n", at)) {
      onEvent(rest.slice(at, end));
      at = end + 2;
    }
    rest = rest.slice(at);
  };
}

/** Takes HTTP's chunks apart, wherever they were cut on the way. */
export function createChunkReader(onText: (text: string) => void): (text: string) => void {
  let rest = "";
  /** Of the chunk that is being read, with the line end behind it. */
  let left = 0;
  return (text) => {
    rest += text;
    for (;;) {
      if (left > 0) {
        const part = rest.slice(0, left);
        const data = part.slice(0, Math.max(0, Math.min(part.length, left - 2)));
        if (data !== "") onText(data);
        rest = rest.slice(part.length);
        left -= part.length;
        if (left > 0) return;
      }
      const end = rest.indexOf("\r\n");
      if (end < 0) return;
      left = Number.parseInt(rest.slice(0, end), 16) + 2;
      rest = rest.slice(end + 2);
    }
  };
}
