import type { Ports } from "../ports/index.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import { parseCursor } from "../protocol/cursor.ts";
import type { HubFrame } from "../protocol/event.ts";
import type { OpenStream } from "../usecases/open-stream.ts";
import type { Outlet } from "./outlet.ts";
import type { RenderContext } from "./render.ts";
import { formatEvent, formatFrame } from "./sse-events.ts";
import { createStreamWriter, type StreamWriter } from "./stream-writer.ts";

export interface EventStreamOptions {
  stream: OpenStream;
  context: RenderContext;
  openOutlet: (onGone: () => void) => Outlet;
}

type Item = string | HubFrame;
type LoggedEvent = HubFrame & { kind: "event" };

/** Twice what the hub sends ahead: it forgets in its sleep what is on the way. */
const mostWaiting = 256;
/** Longer than the news of a dead connection takes to come back. */
const proofMs = 100;
const provenForMs = 1_000;

type StreamPorts = Pick<Ports, "clock" | "config" | "log">;

/**
 * The body of one SSE response. It takes frames from the hub as fast as the client reads them and acknowledges what was
 * written, so that the hub can tell a slow reader (FLOW-1) and knows what was delivered (READ-2).
 */
export function createEventStream(
  ports: StreamPorts,
  { stream, context, openOutlet }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const outlet = openOutlet(() => eventStream.abandon());
  const eventStream = new EventStream(ports, { stream, context, outlet });
  return outlet.body;
}

interface EventStreamParts extends Pick<EventStreamOptions, "stream" | "context"> {
  outlet: Outlet;
}

/** A class, as an idle stream costs hardly more than the functions that it would have of its own. */
class EventStream {
  private readonly ports: StreamPorts;
  private readonly stream: OpenStream;
  private readonly context: RenderContext;
  private readonly writer: StreamWriter<Item>;
  private readonly acknowledgements: Acknowledgements;
  private readonly stopHeartbeat: () => void;

  constructor(ports: StreamPorts, { stream, context, outlet }: EventStreamParts) {
    this.ports = ports;
    this.stream = stream;
    this.context = context;
    const { connection, userId } = stream;
    this.writer = createStreamWriter<Item>(outlet, this);
    this.acknowledgements = new Acknowledgements(ports, stream);
    this.stopHeartbeat = ports.clock.every(ports.config.limits.heartbeatMs, () => this.beat());
    const connected = formatEvent("connected", { status: "connected", user_id: userId });
    this.push(`retry: ${retryMs()}\n${connected}`);
    connection.onFrame((frame) => this.push(frame));
    connection.onClose((code) => this.closed(code));
  }

  format(item: Item): string {
    return typeof item === "string" ? item : formatFrame(item, this.stream.userId, this.context);
  }

  onWritten(items: Item[]): void {
    const events = items.filter(isEvent);
    if (events.length > 0) this.acknowledgements.put(events);
  }

  onFailure(): void {
    this.abandon();
  }

  abandon(): void {
    this.stop(closeCodes.goingAway);
    this.writer.abort();
    this.ports.log.info("stream.abandoned", { userId: this.stream.userId });
  }

  private push(item: Item): void {
    if (this.writer.waiting() < mostWaiting) return this.writer.push(item);
    // Signals may be lost; a reader who is so far behind with events comes back for them.
    if (isEvent(item)) this.abandon();
  }

  private closed(code: number): void {
    if (code === closeCodes.slow) return this.abandon();
    if (code === closeCodes.replaced) this.push(replaced());
    this.end(code);
  }

  private end(code: number): void {
    this.stop(code);
    this.writer.end();
  }

  private stop(code: number): void {
    this.stopHeartbeat();
    this.acknowledgements.drop();
    this.stream.connection.close(code);
  }

  private beat(): void {
    const now = this.ports.clock.now();
    if (now >= this.stream.expiresAt * 1_000) {
      this.push(formatEvent("error", { code: "token-expired", detail: "The token has expired" }));
      return this.end(closeCodes.tokenExpired);
    }
    this.push(formatEvent("heartbeat", { timestamp: now / 1_000 }));
    this.stream.connection.ping();
  }
}

/** So many texts of the greatest length are far from filling the window. */
const mostUnsaid = 8;

/**
 * Acknowledges what was written: at once while the client is known to be there, after a quiet time a little later. To a
 * client that has gone away without a word the first write still succeeds, and only its consequence tells. What nobody
 * waits to hear of is acknowledged with what comes later.
 */
class Acknowledgements {
  private readonly ports: Pick<Ports, "clock" | "config">;
  private readonly stream: OpenStream;
  private newest: number | null = null;
  private unsaid = 0;
  private provenAt = -Infinity;
  private cancel: (() => void) | null = null;

  constructor(ports: Pick<Ports, "clock" | "config">, stream: OpenStream) {
    this.ports = ports;
    this.stream = stream;
  }

  /** These were written, in this order. */
  put(events: LoggedEvent[]): void {
    const { clock } = this.ports;
    this.newest = parseCursor(events.at(-1)?.id ?? "")?.number ?? this.newest;
    this.unsaid += events.length;
    if (!this.isDue(events)) return;
    if (clock.now() - this.provenAt < provenForMs) return this.acknowledge();
    this.cancel ??= clock.every(proofMs, () => this.acknowledge());
  }

  drop(): void {
    this.cancel?.();
    this.cancel = null;
    this.newest = null;
    this.unsaid = 0;
  }

  private isDue(events: LoggedEvent[]): boolean {
    const { windowEvents, windowBytes, textBytes } = this.ports.config.limits;
    const most = Math.min(mostUnsaid, windowEvents / 8, windowBytes / (2 * textBytes));
    return this.unsaid >= most || !events.every((event) => canWait(event, this.stream.userId));
  }

  private acknowledge(): void {
    if (this.newest !== null) this.stream.connection.acknowledge(this.newest);
    this.provenAt = this.ports.clock.now();
    this.drop();
  }
}

/** Nobody waits to hear that it arrived (READ-2), and a few of them never fill the window. */
function canWait({ event }: LoggedEvent, userId: number): boolean {
  if (event.type === "message") return event.message.sender.id === userId;
  return event.type === "delivered";
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
function isEvent(item: Item): item is LoggedEvent {
  return typeof item !== "string" && item.kind === "event";
}
