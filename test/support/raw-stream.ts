import { once } from "node:events";
import { connect } from "node:net";
import type { ChatPerson } from "./people.ts";
import { communication } from "./people.ts";
import type { TestServer } from "./server.ts";

/** An event stream over a bare connection, to end it or to leave it unread as no client library would. */
export interface RawStream {
  /** Everything that was read. */
  text(): string;
  /** The id of the last event that came whole. */
  lastEventId(): string | null;
  waitFor(text: string): Promise<void>;
  stopReading(): void;
  readOn(): void;
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  /** Closes it in good order. */
  close(): void;
  /** Breaks it off. */
  reset(): void;
}

export async function openRawStream(
  { port }: Pick<TestServer, "port">,
  person: ChatPerson,
): Promise<RawStream> {
  const socket = connect({ port, host: "127.0.0.1" });
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  socket.once("end", resolve);
  socket.once("close", () => resolve());
  await once(socket, "connect");
  socket.write(
    `GET ${communication}/sse/events/ HTTP/1.1\r\nHost: localhost:${port}\r\n` +
      `Authorization: Bearer ${person.token}\r\nAccept: text/event-stream\r\n\r\n`,
  );
  return {
    text: () => text,
    lastEventId() {
      const whole = text.slice(0, text.lastIndexOf("\n\n"));
      return [...whole.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? null;
    },
    async waitFor(wanted) {
      while (!text.includes(wanted)) await once(socket, "data");
    },
    stopReading: () => void socket.pause(),
    readOn: () => void socket.resume(),
    ended,
    close: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
  };
}
