import { announce } from "./announce.ts";
import type { ClientEvent } from "./client-event.ts";
import type { Connection, ConnectionState, Transport } from "./connection.ts";
import type { Environment } from "./environment.ts";
import { createEventTrail } from "./event-trail.ts";
import type { Http } from "./http.ts";
import { createLinkKeeper } from "./link-keeper.ts";
import { createLinkOpener } from "./open-link.ts";
import { createWritable } from "./readable.ts";
import { shareLink, type TabRole } from "./shared-link.ts";
import { isSound } from "./sound-event.ts";
import type { Tabs } from "./tabs.ts";
import type { GetToken } from "./tokens.ts";
import { createTransportChoice } from "./transport-choice.ts";

export interface ConnectionOptions {
  /** Where Parley is, with or without a slash at its end. */
  url: string;
  getToken: GetToken;
  http: Http;
  /** Closed by whoever made them, after the connection. */
  tabs: Tabs;
  environment: Environment;
  /** `auto` if left out. */
  transport?: Transport | "auto" | undefined;
}

const beginning: ConnectionState = {
  status: "connecting",
  transport: null,
  error: null,
  retryAt: null,
};

/** The leading tab opens a link; the others listen to it, and take over where they are when it goes. */
export function createConnection(options: ConnectionOptions): Connection {
  const { tabs, environment, getToken, http } = options;
  const state = createWritable(beginning);
  const trail = createEventTrail();
  const listeners = new Set<(event: ClientEvent) => void>();
  let role: TabRole | null = null;

  function deliver(event: ClientEvent): void {
    if (!isSound(event) || !trail.take(event)) return;
    announce(event, listeners, environment);
    role?.tell(event);
  }

  const choice = createTransportChoice(environment, options.transport ?? "auto");
  const url = options.url.replace(/\/+$/, "");
  const keeper = createLinkKeeper({
    environment,
    open: createLinkOpener({ url, http, getToken, environment, choice }),
    cursor: trail.cursor,
    onEvent: deliver,
    onState: state.set,
  });

  return {
    state,
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start(cursor) {
      if (role) return;
      trail.begin(cursor);
      role = shareLink({ tabs, environment, trail, state, keeper, deliver });
    },
    applied: keeper.applied,
    send: keeper.send,
    reconnect: () => role?.reconnect(),
    close() {
      role?.close();
      keeper.stop();
      state.set({ ...beginning, status: "closed" });
    },
  };
}
