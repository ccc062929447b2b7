import type { Clock } from "../../ports/clock.ts";
import type { HubConnection, UserHubs } from "../../ports/user-hub.ts";
import type { HubFrame } from "../../protocol/event.ts";
import { ping, pong } from "../../protocol/socket-requests.ts";
import { createHubListener } from "../../usecases/hub-listener.ts";
import { keepTrying, type Patience } from "../../usecases/keep-trying.ts";
import { withDeadline, type Deadline } from "./deadline.ts";
import { socketRequest } from "./socket-request.ts";

type Namespace = Env["USER_HUB"];
type Stub = ReturnType<Namespace["getByName"]>;

const deadline: Deadline = { ms: 5_000, code: "hub-unavailable" };
/** For what is told at most once, or in passing: a hub that waits for another must answer in time itself. */
const shortMs = 3_000;

interface HubsOptions extends Patience {
  clock: Clock;
}

/** The hubs as Durable Objects: one per user, named by the user's id. */
export function createUserHubs(namespace: Namespace, patience: HubsOptions): UserHubs {
  // A stub that has failed stays broken, so that each call takes a new one.
  const hub = (userId: number): Stub => namespace.getByName(String(userId));
  const inTime = { ...deadline, clock: patience.clock };
  const soon = { ...inTime, ms: shortMs };
  const within = <T>(call: Promise<T>): Promise<T> => withDeadline(call, inTime);

  return {
    connect: (userId, { lastEventId }) => within(connect(hub(userId), lastEventId)),
    deliver: (userId, events) => keepTrying(() => within(hub(userId).deliver(events)), patience),
    signal: (userId, signal) => withDeadline(hub(userId).signal(signal), soon),
    type: (sender, receiverId, isTyping) =>
      within(hub(sender.id).type(sender, receiverId, isTyping)),
    sync: (userId, heads) => within(hub(userId).sync(heads)),
    listPresence: (userId) => within(hub(userId).listPresence()),
    introduce: (userId, partnerIds) => within(hub(userId).introduce(partnerIds)),
    visit: (userId, visit) => withDeadline(hub(userId).visit(visit), soon),
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

async function connect(hub: Stub, lastEventId: string | null): Promise<HubConnection> {
  const info = { surface: "bridge", person: null, expiresAt: null, base: "" } as const;
  const response = await hub.fetch(socketRequest({ info, lastEventId }));
  const socket = response.webSocket;
  if (!socket) throw new Error(`the hub answered ${response.status}`);
  return createHubConnection(socket);
}

/** The near end of a hub's hibernatable socket, held for as long as the client's stream is open. */
function createHubConnection(socket: WebSocket): HubConnection {
  const listener = createHubListener();

  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string" && data !== pong) listener.hear(JSON.parse(data) as HubFrame);
  });
  socket.addEventListener("close", ({ code }) => listener.closed(code));
  socket.accept();

  return {
    onFrame: (hear) => listener.onFrame(hear),
    onClose: (hear) => listener.onClose(hear),
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
