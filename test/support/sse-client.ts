export interface ServerSentEvent {
  /** The `id:` of this very event. */
  id: string | null;
  event: string;
  data: Record<string, unknown>;
}

export type EventPattern = (event: ServerSentEvent) => boolean;

/** One server-sent event stream, read as a program without EventSource would read it. */
export interface EventReader {
  readonly response: Response;
  /** Everything so far, in order. */
  readonly events: ServerSentEvent[];
  /** The newest id so far: what a returning client presents. */
  lastEventId(): string | null;
  named(name: string): ServerSentEvent[];
  /** The first event that fits, come already or yet to come. */
  waitFor(name: string, fits?: EventPattern, limitMs?: number): Promise<ServerSentEvent>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  close(): Promise<void>;
}

interface Waiter {
  look(): void;
  fail(why: string): void;
}

/** Opens a stream; one that is refused throws what the server said. */
export async function openEvents(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(url, {
    headers: { accept: "text/event-stream", ...headers },
    signal: abort.signal,
  });
  if (!response.ok || !response.body) {
    throw new Error(`The stream answered ${response.status}: ${await response.text()}`);
  }
  const events: ServerSentEvent[] = [];
  const waiters = new Set<Waiter>();
  const parser = createParser((event) => {
    events.push(event);
    for (const waiter of waiters) waiter.look();
  });
  const ended = readAll(response.body, parser, () => {
    for (const waiter of waiters) waiter.fail("The stream ended");
  });

  return {
    response,
    events,
    ended,
    lastEventId: () => events.findLast(({ id }) => id !== null)?.id ?? null,
    named: (name) => events.filter(({ event }) => event === name),
    waitFor(name, fits = () => true, limitMs = 10_000) {
      const { promise, resolve, reject } = Promise.withResolvers<ServerSentEvent>();
      const fail = (why: string): void => {
        const seen = events.map(({ event, data }) => `${event} ${JSON.stringify(data)}`);
        reject(new Error(`${why} before "${name}" came. Seen:\n${seen.join("\n")}`));
      };
      const look = (): void => {
        const found = events.find((event) => event.event === name && fits(event));
        if (found) resolve(found);
      };
      const waiter = { look, fail };
      const timer = setTimeout(() => fail(`${limitMs} ms passed`), limitMs);
      waiters.add(waiter);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiters.delete(waiter);
      });
    },
    async close() {
      abort.abort();
      await ended;
    },
  };
}

/** Ends quietly however the stream ends. */
async function readAll(
  body: ReadableStream<Uint8Array>,
  parse: (text: string) => void,
  onEnd: () => void,
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) parse(decoder.decode(chunk, { stream: true }));
  } catch {
    // Closed by either side.
  }
  onEnd();
}

/** Fields and blank lines as the HTML standard reads them, for the line ends that we send. */
function createParser(onEvent: (event: ServerSentEvent) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    rest += text;
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) onEvent(event);
    }
  };
}

function parseBlock(block: string): ServerSentEvent | null {
  const fields = block.split("\n").flatMap((line) => {
    const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    return name === "" ? [] : [{ name, value }];
  });
  const last = (name: string): string | null =>
    fields.findLast((field) => field.name === name)?.value ?? null;
  const data = fields.filter(({ name }) => name === "data").map(({ value }) => value);
  if (data.length === 0) return null;
  return {
    id: last("id"),
    event: last("event") ?? "message",
    data: JSON.parse(data.join("\n")) as Record<string, unknown>,
  };
}
