import { createParser } from "eventsource-parser";
import type { ChatPerson } from "../support/people.ts";
import { communication } from "../support/people.ts";

export type Surface = "sse" | "chat" | "messaging";
export type Frame = { type: string } & Record<string, unknown>;

/** One connection of one client; it never comes back by itself. */
export interface Link {
  send(frame: object | string): void;
  close(): void;
}

export interface LinkOptions {
  /** Where the server is, or a proxy before it. */
  url: string;
  person: Pick<ChatPerson, "token">;
  surface: Surface;
  lastEventId: string | null;
  onFrame(name: string, data: Record<string, unknown>, id: string | null): void;
  /** `code`: a close code, the status of a refusal, or 0. */
  onEnd(code: number): void;
}

export function openLink(options: LinkOptions): Link {
  return options.surface === "sse" ? openStream(options) : openSocket(options);
}

function openStream({ url, person, lastEventId, onFrame, onEnd }: LinkOptions): Link {
  const abort = new AbortController();
  const headers = {
    accept: "text/event-stream",
    authorization: `Bearer ${person.token}`,
    ...(lastEventId !== null && { "last-event-id": lastEventId }),
  };
  const parser = createParser({
    onEvent: ({ event = "message", data, id }) =>
      onFrame(event, JSON.parse(data) as Record<string, unknown>, id ?? null),
  });

  async function read(): Promise<number> {
    const place = `${url}${communication}/sse/events/`;
    const response = await fetch(place, { headers, signal: abort.signal });
    if (!response.ok || !response.body) return response.status;
    const decoder = new TextDecoder();
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
    return 0;
  }

  void read().then(onEnd, () => onEnd(0));
  return { send: () => undefined, close: () => abort.abort() };
}

function openSocket({ url, person, surface, lastEventId, ...told }: LinkOptions): Link {
  const query = new URLSearchParams({ token: person.token });
  if (surface === "chat" && lastEventId !== null) query.set("last_event_id", lastEventId);
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws/${surface}/?${query.toString()}`);
  const say = (frame: object | string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  };
  let hasEnded = false;
  const end = (code: number): void => {
    if (!hasEnded) told.onEnd(code);
    hasEnded = true;
  };
  socket.addEventListener("open", () => {
    if (surface === "messaging") say({ type: "hello", last_event_id: lastEventId });
  });
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    const id = typeof frame["event_id"] === "string" ? frame["event_id"] : null;
    if (!hasEnded) told.onFrame(frame.type, frame, id);
  });
  socket.addEventListener("close", ({ code }) => end(code));
  socket.addEventListener("error", () => end(1006));
  return {
    send: say,
    close() {
      socket.close();
      // A server that is gone, or a line that is dead, answers no close.
      end(1006);
    },
  };
}
