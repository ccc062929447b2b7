import type { ChatClient } from "../client/chat-client.ts";
import { createChatClient } from "../client/create-chat-client.ts";
import { createWritable } from "../client/readable.ts";
import type { Readable } from "../client/readable.ts";
import type { Session } from "./accounts.ts";

/** Frames of one tab share its storage; each has a name of its own, so that two people fit into one window. */
export const frameName = new URLSearchParams(location.search).get("as");

const key = `parley-demo:session:${frameName ?? ""}`;

export interface SignedIn extends Session {
  client: ChatClient;
}

const current = createWritable<SignedIn | null>(read());

/** Who is signed in in this tab; reloading keeps it, another tab knows nothing of it. */
export const signedIn: Readable<SignedIn | null> = current;

export function keepSession(session: Session): void {
  sessionStorage.setItem(key, JSON.stringify(session));
  current.set(connect(session));
}

export async function signOut(): Promise<void> {
  const leaving = current.get();
  sessionStorage.removeItem(key);
  current.set(null);
  await leaving?.client.signOut();
}

function read(): SignedIn | null {
  const kept = sessionStorage.getItem(key);
  return kept === null ? null : connect(JSON.parse(kept) as Session);
}

function connect(session: Session): SignedIn {
  // There is no second token to be had: whoever is refused signs in again.
  const getToken = ({ refresh }: { refresh: boolean }) => (refresh ? null : session.token);
  return { ...session, client: createChatClient({ getToken }) };
}
