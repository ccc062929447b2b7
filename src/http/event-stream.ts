import type { Ports } from "../ports/index.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { parseCursor } from "../protocol/cursor.ts";
import type { HubFrame } from "../protocol/event.ts";
import type { OpenStream } from "../usecases/open-stream.ts";
import type { RenderContext } from "./render.ts";
import { formatEvent, formatFrame } from "./sse-events.ts";

export interface EventStreamOptions {
  stream: OpenStream;
  context: RenderContext;
  /** Aborts when the client is gone. */
  signal: AbortSignal;
}

type Item = string | HubFrame;

/** Signals are dropped rather than kept for a reader who does not keep up. */
const mostWaiting = 512;
const encoder = new TextEncoder();

/**
 * The body of one SSE response. It takes frames from the hub as fast as the client reads them and acknowledges what was
 * written, so that the hub can tell a slow reader (FLOW-1) and knows what was delivered (READ-2).
 */
export function createEventStream(
  { clock, config, log }: Pick<Ports, "clock" | "config" | "log">,
  { stream, context, signal }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const { connection, userId, expiresAt } = stream;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let waiting: Item[] = [];
  let isWriting = false;
  let isEnding = false;

  async function write(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const text = await Promise.all(batch.map((item) => format(item, userId, context)));
      await writer.write(encoder.encode(text.join("")));
      const newest = newestNumber(batch);
      if (newest !== null) connection.acknowledge(newest);
    }
    if (isEnding) await writer.close();
    isWriting = false;
  }

  function push(item: Item): void {
    if (isEnding || (waiting.length >= mostWaiting && !isNumbered(item))) return;
    waiting.push(item);
    write().catch((error: unknown) => abandon(error));
  }

  /** Lets the client read what is waiting, then ends the stream. */
  function end(code: number): void {
    if (isEnding) return;
    isEnding = true;
    stopHeartbeat();
    connection.close(code);
    write().catch(() => undefined);
  }

  function abandon(reason: unknown): void {
    end(closeCodes.goingAway);
    writer.abort(reason).catch(() => undefined);
    log.info("stream.abandoned", { userId });
  }

  function beat(): void {
    const now = clock.now();
    if (now >= expiresAt * 1_000) {
      push(formatEvent("error", { code: "token-expired", detail: "The token has expired" }));
      return end(closeCodes.tokenExpired);
    }
    push(formatEvent("heartbeat", { timestamp: now / 1_000 }));
    connection.ping();
  }

  const stopHeartbeat = clock.every(config.limits.heartbeatMs, beat);
  push(`retry: ${retryMs()}\n${formatEvent("connected", { status: "connected", user_id: userId })}`);
  connection.onFrame(push);
  connection.onClose((code) => {
    if (code === closeCodes.replaced) push(replaced());
    if (code === closeCodes.slow) abandon("slow");
    else end(code);
  });
  signal.addEventListener("abort", () => abandon("gone"));
  return readable;
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

async function format(item: Item, viewerId: number, context: RenderContext): Promise<string> {
  return typeof item === "string" ? item : formatFrame(item, viewerId, context);
}

function isNumbered(item: Item): item is HubFrame & { id: string } {
  return typeof item !== "string" && item.kind !== "signal";
}

function newestNumber(batch: Item[]): number | null {
  const newest = batch.findLast(isNumbered);
  return newest ? (parseCursor(newest.id)?.number ?? null) : null;
}
