import type { AppOptions } from "../../src/http/env.ts";
import type { Ports } from "../../src/ports/index.ts";
import type { UserHubs } from "../../src/ports/user-hub.ts";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
import type { Call, Guest, HttpRig } from "../support/http-rig.ts";
import { wrapMethods } from "../support/wrap-methods.ts";
import { routeCases } from "./routes.ts";
import type { RouteCall, RouteCase, Subject } from "./routes.ts";

/** In every text and file name that only Alice and Bob may see. */
export const canary = "canary-of-alice-and-bob";

/** Nobody and nothing. */
export const nothing: Subject = {
  userId: 999_999_999,
  conversationId: 999_999_999,
  messageId: 999_999_999,
  link: `${chatPath}/attachments/${"0".repeat(32)}/a.txt?expires=99999999999&signature=x`,
};

export interface HubCall {
  method: string;
  userId: number;
}

/** Alice and Bob have written to each other, and so have Carol and Dora; the two pairs do not know each other. */
export interface Scene {
  rig: HttpRig;
  /** What Alice and Bob have: nobody else's business. */
  theirs: Subject;
  /** What Carol has with Dora. */
  mine: Subject;
  dora: Guest;
  ports: Ports;
  /** Every call of a hub, in order. */
  hubCalls: HubCall[];
  /** Whose sockets were let in. */
  opened: number[];
  call(path: string, call?: Call): Promise<Response>;
}

export async function openScene(): Promise<Scene> {
  const rig = await openHttpRig();
  const hubCalls: HubCall[] = [];
  const opened: number[] = [];
  const hubs = watchHubs(rig.ports.hubs, hubCalls);
  const openSocket: AppOptions["openSocket"] = async ({ person }) => {
    opened.push(person.id);
    return new Response("opened");
  };
  const limiter = { take: () => ({ allowed: true, retryAfterMs: 0 }) };
  const changed = { hubs, limiter };
  const { call } = rig.appWith({ ports: changed, options: { openSocket } });
  const dora = await meet(rig, "dora");
  const theirs = await begin(rig, [rig.alice, rig.bob], canary);
  const mine = await begin(rig, [rig.carol, dora], "a word between us");
  return { rig, theirs, mine, dora, ports: { ...rig.ports, ...changed }, hubCalls, opened, call };
}

export async function meet({ ports }: HttpRig, username: string): Promise<Guest> {
  const claims = { externalId: `host-${username}`, username, fullName: "", avatar: null };
  const token = await ports.issuer.issueToken(claims);
  return { person: await ports.users.ensureUser(claims), token };
}

/** The second one writes to the first, with a file. */
async function begin(
  rig: HttpRig,
  [reader, sender]: [Guest, Guest],
  text: string,
): Promise<Subject> {
  const form = new FormData();
  form.append("receiver_id", String(reader.person.id));
  form.append("message", text);
  form.append("attachment", new File([text], `${text}.txt`));
  const response = await rig.call(`${chatPath}/chats/`, { as: sender, body: form });
  const message = (await response.json()) as ChatMessage;
  const { pathname, search } = new URL(message.attachment_url ?? "");
  return {
    userId: sender.person.id,
    conversationId: message.conversation_id,
    messageId: message.id,
    link: pathname + search,
  };
}

function watchHubs(hubs: UserHubs, calls: HubCall[]): UserHubs {
  return wrapMethods(hubs, (method, run) => (...given) => {
    const [whose] = given;
    const userId = typeof whose === "number" ? whose : (whose as { id: number }).id;
    calls.push({ method, userId });
    return run(...given);
  });
}

export interface NamedCall extends RouteCall {
  route: string;
  access: RouteCase["access"];
}

/** Every good call about a subject. */
export function everyCall(subject: Subject): NamedCall[] {
  return Object.entries(routeCases).flatMap(([route, { access, calls }]) =>
    calls(subject).map((call) => ({ route, access, ...call })),
  );
}

/** Calls with what the route asks for. */
export function callWell(
  { call }: Pick<Scene, "call">,
  guest: Guest,
  { access, path, call: how }: NamedCall,
): Promise<Response> {
  const isPersonal = access === "token" || access === "stream";
  return call(path, { ...how, ...(isPersonal && { as: guest }) });
}

/** A response without what differs from one request to the next. */
export async function essence(response: Response): Promise<{ status: number; body: string }> {
  const text = response.headers.get("Content-Type")?.startsWith("text/event-stream")
    ? await firstPart(response)
    : await response.text();
  const body = text
    .replaceAll(/"(request_id|ticket|token|instance)":"[^"]*"/g, '"$1":""')
    .replaceAll(/"(read_at|timestamp|created_at|updated_at|delivered_at)":"[^"]*"/g, '"$1":""')
    .replaceAll(/retry: \d+/g, "retry: 1");
  return { status: response.status, body };
}

/** The beginning of a stream, which then is let go. */
async function firstPart(response: Response): Promise<string> {
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}
