import type { AskingConnection } from "../core/hub-feed.ts";
import type { Head, UnreadVersion } from "../core/hub-inbox.ts";
import type { Visit } from "../core/hub-presence.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import type { DurableEvent, Signal } from "../protocol/event.ts";
import type { Person } from "../protocol/person.ts";
import type { Presence } from "../protocol/presence.ts";
import { deliverToHub, fillHole, type DeliverPorts } from "./deliver-to-hub.ts";
import { describeFailure } from "./describe-failure.ts";
import { announcePresence, settleHub, type SettlePorts } from "./settle-hub.ts";
import { createTurns, inOrder } from "./turns.ts";

export type HostPorts = SettlePorts &
  DeliverPorts & { hubs: Pick<UserHubs, "visit" | "deliver" | "signal"> };

/** A hub with its surroundings: what the port UserHubs promises, for one user. Platforms only carry the calls. */
export interface HubHost {
  /** At once, unless something is missing before them. `asking`: the hub's own connection that the events came from, if it was one. */
  deliver(events: DurableEvent[], asking?: AskingConnection): Promise<void> | void;
  signal(signal: Signal): void;
  type(sender: Person, receiverId: number, isTyping: boolean): Promise<boolean>;
  sync(heads: Head[]): Promise<Presence[]>;
  listPresence(): Promise<Presence[] | null>;
  introduce(partnerIds: number[]): void;
  visit(visit: Visit): Visit;
  unreadVersions(): UnreadVersion[] | null;
  learnUnread(versions: UnreadVersion[]): void;
  redeemTicket(id: string, expiresAt: number): boolean;
  /** What the hub has asked to be woken for. */
  wake(): Promise<void>;
}

export function createHubHost(ports: HostPorts): HubHost {
  const { hub, hubs, clock } = ports;
  let announcing: Promise<void> = Promise.resolve();
  // Filling a hole waits for the history; what else comes of that conversation takes its turn after it.
  const inTurn = createTurns();

  /** One after another: who asks while partners are being visited waits for what they say. */
  function announce(): Promise<void> {
    announcing = announcing
      .then(() => announcePresence(ports))
      .catch((error: unknown) => ports.log.error("presence.failed", describeFailure(error)));
    return announcing;
  }

  /** Everyone's presence as it is now: known already while somebody is connected, asked for otherwise. */
  async function askPresence(): Promise<Presence[]> {
    hub.presence.refresh(clock.now());
    hub.presence.watch(clock.now());
    await announce();
    return hub.presence.partners();
  }

  return {
    deliver: (events, asking) =>
      inOrder(events, (event) =>
        inTurn(conversationOf(event), () => deliverToHub(ports, event, asking)),
      ),
    signal: (signal) => hub.signal(signal),
    async type(sender, receiverId, isTyping) {
      const verdict = hub.passTyping(receiverId, isTyping, clock.now());
      if (verdict === "pass") {
        // At most once: a hub that is away does not hear of it.
        await hubs.signal(receiverId, { type: "typing", sender, isTyping }).catch(() => undefined);
      }
      return verdict !== "unknown";
    },
    async sync(heads) {
      const holes = hub.inbox.holes(heads, clock.now());
      const fill = holes.map(async (hole) =>
        inTurn(hole.conversationId, () => fillHole(ports, hole)),
      );
      await Promise.all(fill);
      return askPresence();
    },
    async listPresence() {
      return hub.store.memory().partnersKnown ? askPresence() : null;
    },
    introduce: (partnerIds) => hub.presence.introduce(partnerIds),
    visit(visit) {
      // Connections that were cut leave no event behind; who asks is told what is true now.
      hub.presence.refresh(clock.now());
      return hub.presence.receive(visit, clock.now());
    },
    unreadVersions: () => hub.inbox.unreadVersions(),
    learnUnread: (versions) => hub.inbox.learnUnread(versions),
    redeemTicket: (id, expiresAt) => hub.store.redeemTicket(id, expiresAt, clock.now()),
    wake: () => settleHub(ports, announce),
  };
}

/** Notifications belong to no conversation and wait for none. */
function conversationOf(event: DurableEvent): number {
  switch (event.type) {
    case "message":
      return event.message.conversationId;
    case "read":
    case "delivered":
      return event.conversationId;
    case "notification":
      return 0;
  }
}
