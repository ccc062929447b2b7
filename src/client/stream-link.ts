import { createParser } from "eventsource-parser";
import type { Environment } from "./environment.ts";
import { lost, untilEnd, type Link, type LinkEnd, type LinkEvents } from "./link.ts";
import { parseObject, readProblem } from "./problem.ts";
import { createStreamReader } from "./stream-events.ts";

export interface StreamLinkOptions {
  environment: Environment;
  address: string;
  /** Resumes after that event. */
  cursor: string | null;
  events: LinkEvents;
  token: string;
  /** Another token than the refused one; null where there is none. */
  renew(refused: string): Promise<string | null>;
}

/** The server says something every 30 s. */
const silenceMs = 45_000;
const probeMs = 4_000;

export function openStreamLink(options: StreamLinkOptions): Link {
  const { environment, address } = options;
  const abort = new AbortController();
  let heardAt = environment.now();
  let stopSilence = (): void => undefined;
  const events = untilEnd(options.events, () => {
    abort.abort();
    stopSilence();
  });
  const die = (): void => events.onEnd(lost("The server does not answer"));
  const hear = (): void => {
    heardAt = environment.now();
    stopSilence();
    stopSilence = environment.after(silenceMs, die);
  };

  hear();
  read({ ...options, events, hear, signal: abort.signal }).then(
    (end) => events.onEnd(end),
    () => events.onEnd(lost("The connection was lost")),
  );
  return {
    // The stream itself says what was delivered.
    applied: () => undefined,
    send: () => false,
    probe() {
      // A timer may have slept together with the page.
      if (environment.now() - heardAt > silenceMs) return die();
      ping(environment, new URL("/health", address).href).catch(die);
    },
    close: events.stop,
  };
}

/** A stream cannot be asked anything: whether the server is there, another request must tell. */
async function ping(environment: Environment, address: string): Promise<void> {
  const late = new AbortController();
  const cancel = environment.after(probeMs, () => late.abort());
  try {
    const init = { mode: "no-cors", cache: "no-store", signal: late.signal } as const;
    await environment.fetch(address, { method: "HEAD", ...init });
  } finally {
    cancel();
  }
}

interface Reading extends StreamLinkOptions {
  hear(): void;
  signal: AbortSignal;
}

async function read(reading: Reading): Promise<LinkEnd> {
  const { environment, events, hear } = reading;
  const response = await ask(reading);
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !response.body || !type.startsWith("text/event-stream")) {
    return refused(response, environment.now());
  }
  let end = lost("The connection was lost");
  const toEvents = createStreamReader();
  const parser = createParser({
    onEvent({ event: name = "message", data: text, id }) {
      const data = parseObject(text);
      if (name === "connected") events.onOpen("sse");
      if (name === "error") end = endOf(data, end);
      if (Object.keys(data).length === 0) return;
      for (const event of toEvents({ name, data, id })) events.onEvent(event);
    },
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return end;
    hear();
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

/** A refused token is renewed once. */
async function ask(reading: Reading): Promise<Response> {
  const { token } = reading;
  const response = await fetchStream(reading, token);
  if (response.status !== 401) return response;
  const renewed = await reading.renew(token);
  return renewed === null ? response : fetchStream(reading, renewed);
}

function fetchStream(reading: Reading, token: string): Promise<Response> {
  const { environment, address, cursor, signal } = reading;
  const headers = {
    // With the second, what the server cannot do now is a status, not a stream that ends.
    Accept: "text/event-stream, application/problem+json",
    Authorization: `Bearer ${token}`,
    ...(cursor !== null && { "Last-Event-ID": cursor }),
  };
  return environment.fetch(address, { headers, signal, cache: "no-store" });
}

async function refused(response: Response, now: number): Promise<LinkEnd> {
  const { status, headers } = response;
  const error = readProblem({ status, headers, text: await response.text() }, now);
  const end = lost(error.message, error.retryAfterMs);
  return status === 401 ? { ...end, why: "signed-out" } : end;
}

function endOf({ code, detail }: Record<string, unknown>, end: LinkEnd): LinkEnd {
  const said = typeof detail === "string" ? { ...end, detail } : end;
  if (code === "token-expired") return { ...said, why: "expired" };
  if (code === "connection-replaced") return { ...said, why: "replaced" };
  return said;
}
