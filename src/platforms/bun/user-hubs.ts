import type { Clock } from "../../ports/clock.ts";
import type { UserHubs } from "../../ports/user-hub.ts";
import { ChatError } from "../../protocol/error.ts";
import { inTime } from "../../usecases/in-time.ts";
import { keepTrying } from "../../usecases/keep-trying.ts";
import type { HubPlace } from "./hub-place.ts";

export interface UserHubsOptions {
  /** The user's hub, wherever it is; throws when it cannot be had now. */
  hubOf: (userId: number) => Promise<HubPlace>;
  clock: Pick<Clock, "sleep" | "every">;
}

/** For one call, and for what is told at most once or in passing. */
const [callMs, shortMs] = [5_000, 3_000];
/** How long to wait before each further try of a delivery, ms. */
const pausesMs = [100, 400, 1_500, 5_000, 10_000];

/** What the port promises, of hubs that may be anywhere. */
export function createUserHubs({ hubOf, clock }: UserHubsOptions): UserHubs {
  async function reach<T>(
    userId: number,
    work: (hub: HubPlace) => Promise<T> | T,
    ms = callMs,
  ): Promise<T> {
    const otherwise = (): Error => new Error(`no answer within ${ms} ms`);
    try {
      return await inTime(clock, hubOf(userId).then(work), { ms, otherwise });
    } catch (cause) {
      throw new ChatError("hub-unavailable", { cause, retryAfterMs: 2_000 });
    }
  }

  return {
    connect: (userId, options) => reach(userId, (hub) => hub.connect(options)),
    deliver: (userId, events) =>
      keepTrying(
        () =>
          reach(userId, async (hub) => {
            await hub.ask("deliver", events);
            await hub.kept();
          }),
        { clock, pausesMs },
      ),
    signal: (userId, signal) => reach(userId, (hub) => hub.ask("signal", signal), shortMs),
    type: (sender, ...rest) => reach(sender.id, (hub) => hub.ask("type", sender, ...rest)),
    sync: (userId, heads) => reach(userId, (hub) => hub.ask("sync", heads)),
    listPresence: (userId) => reach(userId, (hub) => hub.ask("listPresence")),
    introduce: (userId, partnerIds) => reach(userId, (hub) => hub.ask("introduce", partnerIds)),
    visit: (userId, visit) => reach(userId, (hub) => hub.ask("visit", visit), shortMs),
    unreadVersions: (userId) => reach(userId, (hub) => hub.ask("unreadVersions")),
    learnUnread: (userId, versions) => reach(userId, (hub) => hub.ask("learnUnread", versions)),
    redeemTicket: (userId, id, expiresAt) =>
      reach(userId, async (hub) => {
        const isFirst = await hub.ask("redeemTicket", id, expiresAt);
        await hub.kept();
        return isFirst;
      }),
  };
}
