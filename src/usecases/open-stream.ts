import type { Ports } from "../ports/index.ts";
import type { HubConnection } from "../ports/user-hub.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import type { Authenticate } from "./authenticate.ts";
import { describeFailure } from "./describe-failure.ts";

export type StreamCredential = { ticket: string } | { token: string };

/** Who opens a stream, and until when they may. */
export interface StreamOwner {
  person: Person;
  /** Seconds since 1970; the stream must end then. */
  expiresAt: number;
}

export interface OpenStream {
  userId: number;
  /** Seconds since 1970; the stream must end then. */
  expiresAt: number;
  connection: HubConnection;
}

type StreamPorts = Pick<Ports, "issuer" | "hubs" | "history" | "limiter" | "later" | "log">;

/** Connects a client to its own hub. */
export async function openStream(
  ports: StreamPorts,
  authenticate: Authenticate,
  request: { credential: StreamCredential; lastEventId: string | null },
): Promise<OpenStream> {
  const { person, expiresAt } = await identify(ports, authenticate, request.credential);
  const userId = person.id;
  const connection = await ports.hubs.connect(userId, { lastEventId: request.lastEventId });
  ports.later(introducePartners(ports, userId));
  return { userId, expiresAt, connection };
}

/** Opening streams over and over would tell every partner each time. */
const openings = { burst: 60, perSecond: 1 };

export async function identify(
  ports: Pick<Ports, "issuer" | "hubs" | "limiter">,
  authenticate: Authenticate,
  credential: StreamCredential,
): Promise<StreamOwner> {
  const owner =
    "token" in credential
      ? await authenticate(credential.token)
      : await redeem(ports, credential.ticket);
  const { allowed, retryAfterMs } = ports.limiter.take(`stream:${owner.person.id}`, openings);
  if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
  return owner;
}

async function redeem(
  { issuer, hubs }: Pick<Ports, "issuer" | "hubs">,
  ticket: string,
): Promise<StreamOwner> {
  const { id, person, expiresAt, sessionExpiresAt } = await issuer.verifyTicket(ticket);
  const isFirst = await hubs.redeemTicket(person.id, id, expiresAt);
  if (!isFirst) throw new ChatError("unauthorized", { detail: "This ticket was used before" });
  return { person, expiresAt: sessionExpiresAt };
}

/** A new hub does not know whom its user talks to; the stream does not wait for that. */
export async function introducePartners(
  ports: Pick<StreamPorts, "hubs" | "history" | "log">,
  userId: number,
): Promise<void> {
  try {
    if (await ports.hubs.listPresence(userId)) return;
    await ports.hubs.introduce(userId, await ports.history.listPartnerIds(userId));
  } catch (error) {
    ports.log.error("introduce.failed", describeFailure(error));
  }
}
