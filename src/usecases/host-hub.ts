import type { Head, UnreadVersion } from "../core/hub-inbox.ts";
import type { Visit } from "../core/hub-presence.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import type { DurableEvent, Signal } from "../protocol/event.ts";
import type { Person } from "../protocol/person.ts";
import type { Presence } from "../protocol/presence.ts";
import { deliverToHub, syncHub, type DeliverPorts } from "./deliver-to-hub.ts";
import { announcePresence, settleHub, type SettlePorts } from "./settle-hub.ts";

export type HostPorts = SettlePorts &
  DeliverPorts & { hubs: Pick<UserHubs, "visit" | "deliver" | "signal"> };

/** A hub with its surroundings: what the port UserHubs promises, for one user. Platforms only carry the calls. */
export interface HubHost {
  /** `connectionId`: where the events came from, if from one of the hub's own connections. */
  deliver(events: DurableEvent[], connectionId?: string): Promise<void>;
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
  // Filling a hole waits for the history; whatever arrives meanwhile takes its turn after it.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  /** Everyone's presence as it is now: known already while somebody is connected, asked for otherwise. */
  async function askPresence(): Promise<Presence[]> {
    hub.presence.refresh(clock.now());
    hub.presence.watch(clock.now());
    await announcePresence(ports);
    return hub.presence.partners();
  }

  return {
    deliver: (events, connectionId) => inTurn(() => deliverToHub(ports, events, connectionId)),
    signal: (signal) => hub.signal(signal),
    async type(sender, receiverId, isTyping) {
      const verdict = hub.passTyping(receiverId, isTyping, clock.now());
      if (verdict === "pass") await hubs.signal(receiverId, { type: "typing", sender, isTyping });
      return verdict !== "unknown";
    },
    async sync(heads) {
      await inTurn(() => syncHub(ports, heads));
      return askPresence();
    },
    async listPresence() {
      return hub.store.memory().partnersKnown ? askPresence() : null;
    },
    introduce: (partnerIds) => hub.presence.introduce(partnerIds),
    visit: (visit) => hub.presence.receive(visit),
    unreadVersions: () => hub.inbox.unreadVersions(),
    learnUnread: (versions) => hub.inbox.learnUnread(versions),
    redeemTicket: (id, expiresAt) => hub.store.redeemTicket(id, expiresAt, clock.now()),
    wake: () => settleHub(ports),
  };
}
