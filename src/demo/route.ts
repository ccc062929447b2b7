import { useSyncExternalStore } from "react";

/** `#/` and `#/chat/<id>` are the inbox, `#/chat-demo` is the tour. */
export type Route = { page: "inbox"; personId: number | null } | { page: "tour" };

export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, () => location.hash));
}

export function chatLink(personId: number | null): string {
  return personId === null ? "#/" : `#/chat/${personId}`;
}

export function go(link: string): void {
  location.hash = link;
}

function parse(hash: string): Route {
  if (hash === "#/chat-demo") return { page: "tour" };
  const [, id] = /^#\/chat\/(\d{1,15})$/.exec(hash) ?? [];
  return { page: "inbox", personId: id === undefined ? null : Number(id) };
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
