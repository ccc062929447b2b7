import { closeCodes } from "../protocol/close-codes.ts";
import type { Environment } from "./environment.ts";
import { lost, untilEnd, type Link, type LinkEnd, type LinkEvents } from "./link.ts";
import { parseObject } from "./problem.ts";
import { readSocketFrame } from "./socket-events.ts";
import { createSocketPulse } from "./socket-pulse.ts";

export interface SocketLinkOptions {
  environment: Environment;
  /** With its ticket. */
  address: string;
  /** Resumes after that event. */
  cursor: string | null;
  events: LinkEvents;
}

const handshakeMs = 10_000;
/** Known by its bytes: it is answered without waking anyone (WS-6). */
const ping = '{"type":"ping"}';

export function openSocketLink(options: SocketLinkOptions): Link {
  const { environment, address, cursor } = options;
  const socket = environment.openSocket(address);
  const heard = new AbortController();
  const events = untilEnd(options.events, () => {
    heard.abort();
    stopHandshake();
    pulse.stop();
    socket.close();
  });
  const isOpen = (): boolean => socket.readyState === 1;
  const send = (frame: object): boolean => {
    if (isOpen()) socket.send(JSON.stringify(frame));
    return isOpen();
  };
  const acknowledgement = createAcknowledgement((eventId) => {
    send({ type: "ack", event_id: eventId });
  });
  const pulse = createSocketPulse({
    environment,
    ping: () => isOpen() && socket.send(ping),
    onDead: () => events.onEnd(lost("The server does not answer")),
  });
  const stopHandshake = environment.after(handshakeMs, () =>
    events.onEnd(lost("The connection could not be opened in time")),
  );

  function hear({ data }: MessageEvent): void {
    const frame = parseObject(String(data));
    if (typeof frame["type"] !== "string") return;
    pulse.beat();
    if (frame["type"] === "connection_established") {
      stopHandshake();
      events.onOpen("websocket");
    }
    const { type } = frame;
    if (type !== "pong" && frame["event_id"] === undefined) acknowledgement.hearUnnumbered();
    for (const event of readSocketFrame({ ...frame, type }, environment.now())) {
      events.onEvent(event);
    }
  }

  const { signal } = heard;
  const hello = cursor === null ? {} : { last_event_id: cursor };
  const greet = (): void => socket.send(JSON.stringify({ type: "hello", ...hello }));
  socket.addEventListener("open", greet, { signal });
  socket.addEventListener("message", hear, { signal });
  socket.addEventListener("close", ({ code }) => events.onEnd(endOf(code)), { signal });
  socket.addEventListener("error", () => undefined);

  return {
    applied: acknowledgement.applied,
    send,
    probe: () => isOpen() && pulse.probe(),
    close: events.stop,
  };
}

interface Acknowledgement {
  /** Everything up to there is applied; of many in one go, the last is told. */
  applied(cursor: string): void;
  /** Something without a number came. */
  hearUnnumbered(): void;
}

/** The server counts what it says between events, too, until an event is acknowledged, or the newest one again. */
const mostUnnumbered = 1_000;

function createAcknowledgement(acknowledge: (cursor: string) => void): Acknowledgement {
  let newest: string | null = null;
  let isDue = false;
  let unnumbered = 0;

  function settle(): void {
    isDue = false;
    unnumbered = 0;
    if (newest !== null) acknowledge(newest);
  }

  return {
    applied(cursor) {
      newest = cursor;
      if (!isDue) queueMicrotask(settle);
      isDue = true;
    },
    hearUnnumbered() {
      unnumbered += 1;
      if (unnumbered >= mostUnnumbered) settle();
    },
  };
}

function endOf(code: number): LinkEnd {
  const end = lost("The connection was lost");
  switch (code) {
    case closeCodes.goingAway:
    case closeCodes.slow:
      return { ...end, why: "invited" };
    case closeCodes.tokenExpired:
      return { ...end, why: "expired" };
    case closeCodes.replaced:
      return { ...end, why: "replaced" };
    default:
      return end;
  }
}
