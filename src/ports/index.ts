import type { AttachmentStore } from "./attachment-store.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Logger, ServiceCheck } from "./diagnostics.ts";
import type { HistoryStore } from "./history-store.ts";
import type { LinkSigner, PasswordHasher, TokenIssuer, TokenVerifier } from "./identity.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { SendGate } from "./send-gate.ts";
import type { UnreadCounters } from "./unread-counters.ts";
import type { UploadNotes } from "./upload-notes.ts";
import type { UserHubs } from "./user-hub.ts";
import type { UserStore } from "./user-store.ts";

/** Everything that the use cases ask of the world. A platform's composition root fills it in. */
export interface Ports {
  clock: Clock;
  config: Config;
  log: Logger;
  tokens: TokenVerifier;
  issuer: TokenIssuer;
  links: LinkSigner;
  passwords: PasswordHasher;
  users: UserStore;
  history: HistoryStore;
  hubs: UserHubs;
  unread: UnreadCounters;
  limiter: RateLimiter;
  sendGate: SendGate;
  attachments: AttachmentStore;
  uploads: UploadNotes;
  services: ServiceCheck[];
  /** Lets work go on after the answer; never used inside a hub. */
  later(work: Promise<unknown>): void;
}
