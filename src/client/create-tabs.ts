import type { Environment } from "./environment.ts";
import { waitForLead } from "./lead-lock.ts";
import { createWritable } from "./readable.ts";
import type { Tabs } from "./tabs.ts";
import { watchLeader } from "./watch-leader.ts";

export interface TabsOptions {
  /** The same in all tabs that belong together. */
  name: string;
  environment: Environment;
}

interface Post {
  topic: string;
  data: unknown;
}

/** The browser itself passes the lead on: it frees the lock of a tab that closes or crashes. */
export function createTabs({ name, environment }: TabsOptions): Tabs {
  const { locks, openChannel } = environment;
  if (!locks || !openChannel) return lonelyTab();
  const channel = openChannel(name);
  const leads = createWritable(false);
  const listeners = new Map<string, Set<(data: unknown) => void>>();

  channel.addEventListener("message", ({ data: post }: MessageEvent<Post>) => {
    for (const listener of listeners.get(post.topic) ?? []) listener(post.data);
  });

  let isOpen = true;
  const post = (topic: string, data: unknown): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    if (isOpen) channel.postMessage({ topic, data } satisfies Post);
  };
  const on = (topic: string, listener: (data: unknown) => void): (() => void) => {
    const known = listeners.get(topic) ?? new Set();
    listeners.set(topic, known.add(listener));
    return () => void known.delete(listener);
  };
  const lock = waitForLead(locks, name, leads);
  const stopWatching = watchLeader({ leads, post, on }, environment, lock.steal);

  return {
    leads,
    post,
    on,
    close() {
      isOpen = false;
      stopWatching();
      listeners.clear();
      channel.close();
      lock.release();
    },
  };
}

function lonelyTab(): Tabs {
  const leads = createWritable(true);
  return {
    leads,
    post: () => undefined,
    on: () => () => undefined,
    close: () => leads.set(false),
  };
}
