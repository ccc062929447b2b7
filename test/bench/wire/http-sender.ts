import { connect } from "node:net";
import type { Socket } from "node:net";

export interface HttpAnswer {
  status: number;
  body: string;
}

type OnAnswer = (answer: HttpAnswer | null) => void;

/** Posts JSON over connections that it keeps, one request at a time on each and six at once, as a browser does. */
export interface HttpSender {
  /** Calls back with null when the connection broke; false when all are busy. */
  post(json: string, onAnswer: OnAnswer): boolean;
  close(): void;
}

export interface HttpPlace {
  url: string;
  path: string;
  headers: Record<string, string>;
}

const connections = 6;

export function createHttpSender({ url, path, headers }: HttpPlace): HttpSender {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries({ Host: host, "Content-Type": "application/json", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const idle: Exchange[] = [];
  const all = new Set<Exchange>();

  function create(): Exchange {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const exchange: Exchange = createExchange(socket, (isReusable) => {
      if (isReusable) idle.push(exchange);
      else all.delete(exchange);
    });
    all.add(exchange);
    return exchange;
  }

  return {
    post(json, onAnswer) {
      let exchange = idle.pop();
      while (exchange !== undefined && !exchange.isOpen()) exchange = idle.pop();
      if (exchange === undefined && all.size >= connections) return false;
      const length = Buffer.byteLength(json);
      const request = `POST ${path} HTTP/1.1\r\n${head}Content-Length: ${length}\r\n\r\n${json}`;
      (exchange ?? create()).begin(request, onAnswer);
      return true;
    },
    close() {
      for (const exchange of all) exchange.close();
    },
  };
}

interface Exchange {
  begin(request: string, onAnswer: OnAnswer): void;
  isOpen(): boolean;
  close(): void;
}

function createExchange(socket: Socket, onFree: (isReusable: boolean) => void): Exchange {
  let text = "";
  let waiting: OnAnswer | null = null;
  let isOpen = true;
  const finish = (answer: HttpAnswer | null): void => {
    const answered = waiting;
    waiting = null;
    text = "";
    onFree(answer !== null);
    answered?.(answer);
  };
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const answer = parseAnswer(text);
    if (answer) finish(answer);
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    isOpen = false;
    finish(null);
  });
  return {
    begin(request, onAnswer) {
      waiting = onAnswer;
      socket.write(request);
    },
    isOpen: () => isOpen,
    close: () => void socket.destroy(),
  };
}

/** Null while it is not whole. Chunks are not taken apart: only their last one is looked for. */
export function parseAnswer(text: string): HttpAnswer | null {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const isWhole = length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
  return isWhole ? { status: Number(head.slice(9, 12)), body } : null;
}
