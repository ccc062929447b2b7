import type { Transport } from "./connection.ts";
import type { Environment } from "./environment.ts";
import { ApiError, type Http } from "./http.ts";
import { lost, untilEnd, type Link, type LinkEnd, type LinkEvents } from "./link.ts";
import { openSocketLink } from "./socket-link.ts";
import { openStreamLink } from "./stream-link.ts";
import { renewToken, type GetToken } from "./tokens.ts";
import type { TransportChoice } from "./transport-choice.ts";

export interface LinkOpenerOptions {
  /** Without a slash at its end. */
  url: string;
  http: Http;
  getToken: GetToken;
  environment: Environment;
  choice: TransportChoice;
}

export interface OpenLinkOptions {
  /** Resumes after that event. */
  cursor: string | null;
  /** The last token expired. */
  needsNewToken: boolean;
}

export type OpenLink = (options: OpenLinkOptions, events: LinkEvents) => Link;

const closed: Link = {
  applied: () => undefined,
  send: () => false,
  probe: () => undefined,
  close: () => undefined,
};

/** Opens links by whichever way is open. What is refused on the way to a link ends it like what breaks it. */
export function createLinkOpener(options: LinkOpenerOptions): OpenLink {
  return ({ cursor, needsNewToken }, to) => {
    const abort = new AbortController();
    let link = closed;
    const events = untilEnd(to, () => {
      abort.abort();
      link.close();
    });
    const open = async (): Promise<void> => {
      const token = await options.getToken({ refresh: needsNewToken });
      if (token === null) return events.onEnd(signedOut());
      const opening = { ...options, cursor, events, signal: abort.signal };
      const opened = await openBy(options.choice.next(), opening, token);
      if (abort.signal.aborted) opened.close();
      else link = opened;
    };
    open().catch((error: unknown) => events.onEnd(endOf(error)));
    return {
      applied: (cursor) => link.applied(cursor),
      send: (frame) => link.send(frame),
      probe: () => link.probe(),
      close: events.stop,
    };
  };
}

interface Opening extends LinkOpenerOptions {
  cursor: string | null;
  events: LinkEvents;
  signal: AbortSignal;
}

async function openBy(transport: Transport, opening: Opening, token: string): Promise<Link> {
  const { url, environment, cursor, events, getToken } = opening;
  if (transport === "websocket") return openSocket(opening);
  return openStreamLink({
    environment,
    address: `${url}/api/v1/communication/sse/events/`,
    cursor,
    events,
    token,
    renew: (refused) => renewToken(getToken, refused),
  });
}

/** No token is written in an address; a ticket is worth nothing once it was used (AUTH-2). */
async function openSocket(opening: Opening): Promise<Link> {
  const { url, http, signal } = opening;
  const ticketRequest = { method: "POST", path: "/api/auth/ticket", signal } as const;
  const { data } = await http.request<{ ticket: string }>(ticketRequest);
  if (signal.aborted) return closed;
  const ticket = encodeURIComponent(data.ticket);
  const address = `${url.replace(/^http/, "ws")}/ws/messaging/?ticket=${ticket}`;
  const events = countingFailures(opening);
  try {
    return openSocketLink({ ...opening, address, events });
  } catch {
    // A page may forbid itself sockets.
    events.onEnd(lost("The connection could not be opened"));
    return closed;
  }
}

function countingFailures({ choice, events }: Opening): LinkEvents {
  let hasOpened = false;
  return {
    onOpen(transport) {
      hasOpened = true;
      choice.socketOpened();
      events.onOpen(transport);
    },
    onEvent: events.onEvent,
    onEnd(end) {
      if (!hasOpened) choice.socketFailed();
      events.onEnd(end);
    },
  };
}

function signedOut(): LinkEnd {
  return { ...lost("Nobody is signed in"), why: "signed-out" };
}

function endOf(error: unknown): LinkEnd {
  if (!(error instanceof ApiError)) return lost("The connection could not be opened");
  const end = lost(error.message, error.retryAfterMs);
  return error.status === 401 ? { ...end, why: "signed-out" } : end;
}
