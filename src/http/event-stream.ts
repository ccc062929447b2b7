import type { Clock } from "../ports/clock.ts";
import type { Ports } from "../ports/index.ts";
import type { HubConnection } from "../ports/user-hub.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { parseCursor } from "../protocol/cursor.ts";
import type { HubFrame } from "../protocol/event.ts";
import type { OpenStream } from "../usecases/open-stream.ts";
import type { RenderContext } from "./render.ts";
import { formatEvent, formatFrame } from "./sse-events.ts";
import { createStreamWriter } from "./stream-writer.ts";

export interface EventStreamOptions {
  stream: OpenStream;
  context: RenderContext;
  /** Aborts when the client is gone. */
  signal: AbortSignal;
}

type Item = string | HubFrame;

/** Twice what the hub sends ahead: it forgets in its sleep what is on the way. */
const mostWaiting = 256;
/** Longer than the news of a dead connection takes to come back. */
const proofMs = 100;
const provenForMs = 1_000;

/**
 * The body of one SSE response. It takes frames from the hub as fast as the client reads them and acknowledges what was
 * written, so that the hub can tell a slow reader (FLOW-1) and knows what was delivered (READ-2).
 */
export function createEventStream(
  { clock, config, log }: Pick<Ports, "clock" | "config" | "log">,
  { stream, context, signal }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const { connection, userId, expiresAt } = stream;
  const writer = createStreamWriter<Item>({
    format: (item) => (typeof item === "string" ? item : formatFrame(item, userId, context)),
    onWritten(items) {
      const newest = items.findLast(isEvent);
      if (newest) acknowledgements.put(newest.id);
    },
    onFailure: () => abandon(),
  });

  const acknowledgements = createAcknowledgements(clock, connection);

  function push(item: Item): void {
    if (writer.waiting() < mostWaiting) return writer.push(item);
    // Signals may be lost; a reader who is so far behind with events comes back for them.
    if (isEvent(item)) abandon();
  }

  function end(code: number): void {
    stopHeartbeat();
    acknowledgements.drop();
    connection.close(code);
    writer.end();
  }

  function abandon(): void {
    stopHeartbeat();
    acknowledgements.drop();
    connection.close(closeCodes.goingAway);
    writer.abort();
    log.info("stream.abandoned", { userId });
  }

  const stopHeartbeat = clock.every(config.limits.heartbeatMs, () => {
    const now = clock.now();
    if (now >= expiresAt * 1_000) {
      push(formatEvent("error", { code: "token-expired", detail: "The token has expired" }));
      return end(closeCodes.tokenExpired);
    }
    push(formatEvent("heartbeat", { timestamp: now / 1_000 }));
    connection.ping();
  });

  push(
    `retry: ${retryMs()}\n${formatEvent("connected", { status: "connected", user_id: userId })}`,
  );
  connection.onFrame(push);
  connection.onClose((code) => {
    if (code === closeCodes.slow) return abandon();
    if (code === closeCodes.replaced) push(replaced());
    end(code);
  });
  if (signal.aborted) abandon();
  signal.addEventListener("abort", abandon);
  return writer.body;
}

interface Acknowledgements {
  put(id: string): void;
  drop(): void;
}

/**
 * Acknowledges what was written: at once while the client is known to be there, after a quiet time a little later. To a
 * client that has gone away without a word the first write still succeeds, and only its consequence tells.
 */
function createAcknowledgements(clock: Clock, connection: HubConnection): Acknowledgements {
  let newest: number | null = null;
  let provenAt = -Infinity;
  let stop = (): void => undefined;

  function drop(): void {
    stop();
    newest = null;
  }

  function acknowledge(): void {
    if (newest !== null) connection.acknowledge(newest);
    provenAt = clock.now();
    drop();
  }

  return {
    put(id) {
      const isWaiting = newest !== null;
      newest = parseCursor(id)?.number ?? newest;
      if (clock.now() - provenAt < provenForMs) return acknowledge();
      if (!isWaiting) stop = clock.every(proofMs, acknowledge);
    },
    drop,
  };
}

/** Spread out, so that a restart does not bring everyone back in the same second. */
function retryMs(): number {
  return 1_000 + Math.floor(Math.random() * 3_000);
}

/** A browser with too many tabs must not have them push each other out all the time. */
function replaced(): string {
  const data = { code: "connection-replaced", detail: "A newer connection took this one's place" };
  return `retry: 60000\n${formatEvent("error", data)}`;
}

/** Only events are acknowledged: `ready` and `reset` name a place that the client may never have been to. */
function isEvent(item: Item): item is HubFrame & { kind: "event" } {
  return typeof item !== "string" && item.kind === "event";
}
