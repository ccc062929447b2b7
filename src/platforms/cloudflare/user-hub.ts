import { DurableObject } from "cloudflare:workers";
import type { Head, UnreadVersion } from "../../core/hub-inbox.ts";
import type { Visit } from "../../core/hub-presence.ts";
import { createHub, type Hub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import { answerToClose } from "../../protocol/close-codes.ts";
import type { DurableEvent, Signal } from "../../protocol/event.ts";
import type { Person } from "../../protocol/person.ts";
import type { Presence } from "../../protocol/presence.ts";
import { ping, pong } from "../../protocol/socket-requests.ts";
import { createHubHost, type HubHost } from "../../usecases/host-hub.ts";
import { createSocketServer, type SocketServer } from "../../usecases/serve-socket.ts";
import { createHubAlarm, type HubAlarm } from "./hub-alarm.ts";
import { acceptSocket, createConnections, type Connections } from "./hub-connections.ts";
import { createHubPorts, createPorts } from "./ports.ts";
import { readSocketRequest } from "./socket-request.ts";
import { createSqliteHubStore } from "./sqlite-hub-store.ts";

/** For all hubs of the isolate: clients of the stores are no small thing, and a store that is away is away for all. */
let sharedPorts: Ports | undefined;

/**
 * One user's hub in its Durable Object. It keeps no timer longer than two seconds and no open request, so that it sleeps
 * whenever nothing happens: connections hibernate, pings are answered by the runtime, and later work is an alarm.
 */
export class UserHub extends DurableObject<Env> {
  readonly #connections: Connections;
  readonly #hub: Hub;
  readonly #host: HubHost;
  readonly #sockets: SocketServer;
  readonly #alarm: HubAlarm;
  readonly #now: () => number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const ports = { ...(sharedPorts ??= createPorts(env, "hub")), ...createHubPorts(env) };
    const { clock, config, links } = ports;
    const userId = Number(ctx.id.name);
    const store = createSqliteHubStore(ctx.storage.sql, clock.now());
    this.#now = clock.now;
    this.#connections = createConnections({ ctx, userId, clock, links });
    const connections = this.#connections.open;
    const { limits } = config;
    this.#hub = createHub({ userId, store, connections, limits, now: clock.now() });
    this.#host = createHubHost({ ...ports, userId, hub: this.#hub });
    const { wake } = this.#host;
    this.#alarm = createHubAlarm({ storage: ctx.storage, hub: this.#hub, now: clock.now, wake });
    this.#sockets = createSocketServer({ ...ports, userId, hub: this.#hub, host: this.#host });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(ping, pong));
  }

  /** Opens a connection: a WebSocket upgrade that says whose it is and how to speak to it. */
  override async fetch(request: Request): Promise<Response> {
    const { info, lastEventId } = readSocketRequest(request);
    const { client, server } = acceptSocket(this.ctx, info, this.#now());
    const connection = this.#connections.of(server);
    this.#hub.open(connection, this.#now());
    connection.greet();
    const waits = info.surface === "messaging" && lastEventId === null;
    if (!waits) this.#hub.join(connection, lastEventId, this.#now());
    await this.#alarm.plan();
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    // What a client still says after it was closed is not worth the work.
    if (socket.readyState !== WebSocket.OPEN) return;
    const connection = this.#connections.of(socket);
    const { asker } = connection;
    if (asker) await this.#sockets.receive(connection, asker, data);
    else this.#hub.acknowledge(connection, Number(data), this.#now());
    await this.#alarm.plan();
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    const connection = this.#connections.of(socket);
    // The runtime leaves a client's close unanswered, and the client waits for it.
    connection.close(answerToClose(code));
    this.#hub.leave(connection, this.#now());
    await this.#alarm.plan();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.webSocketClose(socket, 1011);
  }

  override alarm(): Promise<void> {
    return this.#alarm.ring();
  }

  async deliver(events: DurableEvent[]): Promise<void> {
    try {
      await this.#host.deliver(events);
    } finally {
      await this.#alarm.plan();
    }
  }

  signal(signal: Signal): void {
    this.#host.signal(signal);
  }

  type(sender: Person, receiverId: number, isTyping: boolean): Promise<boolean> {
    return this.#host.type(sender, receiverId, isTyping);
  }

  async sync(heads: Head[]): Promise<Presence[]> {
    const presences = await this.#host.sync(heads);
    await this.#alarm.plan();
    return presences;
  }

  async listPresence(): Promise<Presence[] | null> {
    const presences = await this.#host.listPresence();
    await this.#alarm.plan();
    return presences;
  }

  async introduce(partnerIds: number[]): Promise<void> {
    this.#host.introduce(partnerIds);
    await this.#alarm.plan();
  }

  async visit(visit: Visit): Promise<Visit> {
    const answer = this.#host.visit(visit);
    await this.#alarm.plan();
    return answer;
  }

  unreadVersions(): UnreadVersion[] | null {
    return this.#host.unreadVersions();
  }

  learnUnread(versions: UnreadVersion[]): void {
    this.#host.learnUnread(versions);
  }

  redeemTicket(id: string, expiresAt: number): boolean {
    return this.#host.redeemTicket(id, expiresAt);
  }
}
