import type { SocketInfo } from "./hub-connections.ts";

/** What the Worker tells a hub about a connection that it opens. */
export interface SocketOpening {
  info: SocketInfo;
  lastEventId: string | null;
}

const header = "Parley-Socket";
/** Longer ids are none of ours; the hub answers them like any other unknown one. */
const longestId = 64;

/** The upgrade request that the Worker sends to the hub; only a Worker can reach it. */
export function socketRequest({ info, lastEventId }: SocketOpening): Request {
  const opening = { info, lastEventId: lastEventId?.slice(0, longestId) ?? null };
  return new Request("https://hub/socket", {
    headers: { Upgrade: "websocket", [header]: encodeURIComponent(JSON.stringify(opening)) },
  });
}

export function readSocketRequest(request: Request): SocketOpening {
  return JSON.parse(decodeURIComponent(request.headers.get(header) ?? "")) as SocketOpening;
}
