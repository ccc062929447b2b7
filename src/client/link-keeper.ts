import type { ClientEvent } from "./client-event.ts";
import type { ConnectionState } from "./connection.ts";
import type { Environment } from "./environment.ts";
import { createLinkRetry } from "./link-retry.ts";
import { createLinkStatus } from "./link-status.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { OpenLink } from "./open-link.ts";
import { watchPage, type PageChange } from "./watch-page.ts";

/** Keeps one link open, or tries to. */
export interface LinkKeeper extends Pick<Link, "applied" | "send"> {
  start(): void;
  reconnect(): void;
  stop(): void;
}

export interface LinkKeeperOptions {
  environment: Environment;
  open: OpenLink;
  /** Where the next link resumes. */
  cursor(): string | null;
  onEvent(event: ClientEvent): void;
  onState(state: ConnectionState): void;
}

export function createLinkKeeper(options: LinkKeeperOptions): LinkKeeper {
  const { environment } = options;
  const status = createLinkStatus(environment, options.onState);
  const retry = createLinkRetry(environment, attempt);
  let link: Link | null = null;
  let stopWatching = (): void => undefined;

  function drop(): void {
    retry.cancel();
    link?.close();
    link = null;
  }

  function attempt(needsNewToken = false): void {
    drop();
    status.opening();
    const events = { onOpen: status.opened, onEvent, onEnd };
    link = options.open({ cursor: options.cursor(), needsNewToken }, events);
  }

  function onEvent(event: ClientEvent): void {
    options.onEvent(event);
    // Whoever heard it may have closed the link.
    if (event.type !== "ready" || !link) return;
    retry.ready();
    status.online();
  }

  function onEnd(end: LinkEnd): void {
    drop();
    retry.ended(end);
    status.ended(end.detail, retry.at());
  }

  function onPage(change: PageChange): void {
    // Only a socket that is open can ask whether the server is still there.
    if (change === "online" && link && status.transport() !== "websocket") return attempt();
    link?.probe();
    if (change !== "offline") retry.hurry();
    status.waiting(retry.at());
  }

  return {
    start() {
      stopWatching = watchPage(environment, onPage);
      attempt();
    },
    reconnect() {
      retry.reset();
      attempt();
    },
    stop() {
      stopWatching();
      drop();
    },
    applied: (cursor) => link?.applied(cursor),
    send: (frame) => link?.send(frame) ?? false,
  };
}
