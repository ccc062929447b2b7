import { RedisClient as BunRedis } from "bun";

/** Passes words between the processes: at most once, in the order in which each said them. */
export interface Bus {
  publish(channel: string, text: string): void;
  close(): void;
}

export interface BusOptions {
  url: string;
  /** What this process listens to. */
  channel: string;
  onMessage: (text: string) => void;
  /** Words may have been lost, either way. */
  onBreak: () => void;
}

const connectMs = 2_000;
const againMs = 250;

/** Redis' channels, over connections of their own: one that listens can do nothing else. */
export async function openBus({ url, channel, onMessage, onBreak }: BusOptions): Promise<Bus> {
  const closing = new AbortController();
  let lines = await connect();

  async function connect(): Promise<BunRedis[]> {
    const options = {
      connectionTimeout: connectMs,
      enableOfflineQueue: false,
      autoReconnect: false,
    };
    const [listener, speaker] = [new BunRedis(url, options), new BunRedis(url, options)];
    try {
      await Promise.all([listener.connect(), speaker.connect()]);
      await listener.subscribe(channel, (message) => onMessage(message));
    } catch (error) {
      listener.close();
      speaker.close();
      throw error;
    }
    for (const line of [listener, speaker]) {
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it has no other way
      line.onclose = () => broke(listener);
    }
    return [speaker, listener];
  }

  /** Both lines are made anew, once, whichever of them was lost. */
  function broke(listener: BunRedis): void {
    if (lines[1] !== listener || closing.signal.aborted) return;
    const [speaker] = lines;
    lines = [];
    speaker?.close();
    listener.close();
    onBreak();
    void again();
  }

  async function again(): Promise<void> {
    await Bun.sleep(againMs);
    if (closing.signal.aborted) return;
    const found = await connect().catch(() => null);
    if (!found) return again();
    lines = found;
    onBreak();
  }

  return {
    publish(to, text) {
      const [speaker] = lines;
      speaker?.publish(to, text).catch(onBreak);
    },
    close() {
      closing.abort();
      for (const line of lines) line.close();
    },
  };
}
