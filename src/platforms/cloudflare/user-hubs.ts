import type { Clock } from "../../ports/clock.ts";
import type { HubConnection, UserHubs } from "../../ports/user-hub.ts";
import type { HubFrame } from "../../protocol/event.ts";
import { ping, pong } from "../../protocol/socket-requests.ts";
import { withDeadline, type Deadline } from "./deadline.ts";
import { socketRequest } from "./socket-request.ts";

type Namespace = Env["USER_HUB"];
type Stub = ReturnType<Namespace["getByName"]>;

const deadline: Deadline = { ms: 5_000, code: "hub-unavailable" };
/** For what is told at most once, or in passing: a hub that waits for another must answer in time itself. */
const short: Deadline = { ms: 3_000, code: "hub-unavailable" };

export interface UserHubsOptions {
  clock: Pick<Clock, "sleep">;
  /** How long to wait before each further try of a delivery, ms. */
  pausesMs: number[];
}

/** The hubs as Durable Objects: one per user, named by the user's id. */
export function createUserHubs(namespace: Namespace, options: UserHubsOptions): UserHubs {
  // A stub that has failed stays broken, so that each call takes a new one.
  const hub = (userId: number): Stub => namespace.getByName(String(userId));
  const within = <T>(call: Promise<T>): Promise<T> => withDeadline(call, deadline);

  return {
    connect: (userId, { lastEventId }) => within(connect(hub(userId), lastEventId)),
    deliver: (userId, events) => keepTrying(() => within(hub(userId).deliver(events)), options),
    signal: (userId, signal) => withDeadline(hub(userId).signal(signal), short),
    type: (sender, receiverId, isTyping) =>
      within(hub(sender.id).type(sender, receiverId, isTyping)),
    sync: (userId, heads) => within(hub(userId).sync(heads)),
    listPresence: (userId) => within(hub(userId).listPresence()),
    introduce: (userId, partnerIds) => within(hub(userId).introduce(partnerIds)),
    visit: (userId, visit) => withDeadline(hub(userId).visit(visit), short),
    async unreadVersions(userId) {
      const versions = await within(hub(userId).unreadVersions());
      return (
        versions && versions.map(([conversationId = 0, version = 0]) => [conversationId, version])
      );
    },
    learnUnread: (userId, versions) => within(hub(userId).learnUnread(versions)),
    redeemTicket: (userId, id, expiresAt) => within(hub(userId).redeemTicket(id, expiresAt)),
  };
}

async function keepTrying(
  call: () => Promise<void>,
  { clock, pausesMs }: UserHubsOptions,
): Promise<void> {
  for (const pause of pausesMs) {
    try {
      return await call();
    } catch {
      await clock.sleep(pause);
    }
  }
  await call();
}

async function connect(hub: Stub, lastEventId: string | null): Promise<HubConnection> {
  const info = { surface: "bridge", person: null, expiresAt: null, base: "" } as const;
  const response = await hub.fetch(socketRequest({ info, lastEventId }));
  const socket = response.webSocket;
  if (!socket) throw new Error(`the hub answered ${response.status}`);
  return createHubConnection(socket);
}

/** The near end of a hub's hibernatable socket, held for as long as the client's stream is open. */
function createHubConnection(socket: WebSocket): HubConnection {
  let early: HubFrame[] = [];
  let onFrame = (frame: HubFrame): void => void early.push(frame);
  let closedWith: number | null = null;
  let onClose = (_code: number): void => undefined;

  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string" && data !== pong) onFrame(JSON.parse(data) as HubFrame);
  });
  socket.addEventListener("close", ({ code }) => {
    closedWith = code;
    onClose(code);
  });
  socket.accept();

  return {
    onFrame(listener) {
      onFrame = listener;
      for (const frame of early) listener(frame);
      early = [];
    },
    onClose(listener) {
      onClose = listener;
      if (closedWith !== null) listener(closedWith);
    },
    acknowledge: (number) => trySend(socket, String(number)),
    ping: () => trySend(socket, ping),
    close(code) {
      if (socket.readyState === WebSocket.OPEN) socket.close(code);
    },
  };
}

/** A closed socket has its close event; nothing is lost by not sending. */
function trySend(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}
