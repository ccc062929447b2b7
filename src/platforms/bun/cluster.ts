import type { RedisClient } from "../../adapters/redis/client.ts";
import { createRedisHubMemory, type RedisHubMemory } from "../../adapters/redis/hub-memory.ts";
import type { Ports } from "../../ports/index.ts";
import { openBus, type Bus } from "./bus.ts";
import type { HubHouse } from "./hub-house.ts";
import type { HubKeeper } from "./hub-keeper.ts";
import { createHubLink, type HubLink, type LinkMessage } from "./hub-link.ts";
import type { HubPlace } from "./hub-place.ts";
import { createRedisHubKeeper } from "./redis-hub-keeper.ts";

export interface ClusterOptions {
  url: string;
  redis: RedisClient;
  clock: Ports["clock"];
  log: Ports["log"];
}

/** This process among those that share the users. */
export interface Cluster {
  keeper: HubKeeper;
  /** A hub that another process has. */
  elsewhere(userId: number): Promise<HubPlace>;
  /** Answers for the hubs of the house, and takes those of processes that died. */
  join(house: HubHouse): void;
  close(): Promise<void>;
}

/** A process that was not heard of for so long is dead; it says so often that it is not. */
const [aliveMs, beatMs] = [6_000, 1_500];
const channelOf = (processId: string): string => `parley:process:${processId}`;

export async function openCluster({ url, redis, clock, log }: ClusterOptions): Promise<Cluster> {
  const processId = crypto.randomUUID();
  const memory = createRedisHubMemory(redis, { processId });
  let house: HubHouse | null = null;
  const link = createHubLink({
    say: (to, message) =>
      bus.publish(channelOf(to), JSON.stringify({ ...message, from: processId })),
    here: async (userId) => house?.here(userId) ?? null,
  });
  const channel = channelOf(processId);
  const onMessage = (text: string): void => link.receive(JSON.parse(text) as LinkMessage);
  const bus: Bus = await openBus({ url, channel, onMessage, onBreak: createBreak(link, say) });
  await memory.beat(aliveMs);
  const heart = createHeart({ memory, clock, log, link });
  const stop = clock.every(beatMs, () => void (house && heart.beat(house)));

  function say(to: string): void {
    bus.publish(channelOf(to), JSON.stringify({ id: "", type: "cut", from: processId }));
  }

  return {
    keeper: createRedisHubKeeper({ memory, processId, clock }),
    async elsewhere(userId) {
      const owner = await memory.claim(userId);
      const own = owner === processId ? await house?.here(userId) : null;
      return own ?? link.at(owner, userId);
    },
    join(joined) {
      house = joined;
    },
    async close() {
      stop();
      bus.close();
    },
  };
}

/** Ends what goes on with others on this side at once, and on theirs as soon as they can be reached. */
function createBreak(link: HubLink, say: (to: string) => void): () => void {
  const known = new Set<string>();
  return () => {
    for (const peer of link.peers()) known.add(peer);
    link.cut(null);
    for (const peer of known) say(peer);
  };
}

interface HeartOptions {
  memory: RedisHubMemory;
  clock: Ports["clock"];
  log: Ports["log"];
  link: HubLink;
}

function createHeart({ memory, clock, log, link }: HeartOptions): {
  beat(house: HubHouse): Promise<void>;
} {
  let heardAt = clock.now();
  let isBeating = false;
  let resuming: Promise<void> | null = null;

  /** Whoever was taken for dead, or cannot know, has no hubs any more. */
  function faint(house: HubHouse): void {
    log.error("cluster.fainted");
    house.clear();
    link.cut(null);
    heardAt = clock.now();
  }

  async function lookAround(house: HubHouse): Promise<void> {
    for (const peer of link.peers()) if (!(await memory.isAlive(peer))) link.cut(peer);
    // The next beat does not wait for hubs that have much to do.
    resuming ??= house.resume().finally(() => {
      resuming = null;
    });
    resuming.catch(() => undefined);
  }

  return {
    async beat(house) {
      if (clock.now() - heardAt >= aliveMs) faint(house);
      if (isBeating) return;
      isBeating = true;
      try {
        const wasAlive = await memory.beat(aliveMs);
        if (!wasAlive) faint(house);
        heardAt = clock.now();
        await lookAround(house);
      } catch {
        // Redis is away; the next beat tries again.
      } finally {
        isBeating = false;
      }
    },
  };
}
