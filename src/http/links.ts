import type { Ports } from "../ports/index.ts";
import type { Attachment } from "../protocol/attachment.ts";

export const communicationPath = "/api/v1/communication";
export const messagingPath = "/api/messaging";
/** Another address of the messages with one user. */
export const messagesPath = "/api/messages";

const hourSeconds = 60 * 60;

/** Where clients reach this server, without a slash at the end. */
export function baseUrl({ config }: Pick<Ports, "config">, request: Request): string {
  const base = config.publicUrl?.replace(/\/+$/, "") ?? new URL(request.url).origin;
  if (base !== lastBase) lastBase = base;
  return lastBase;
}

/** Connections keep it as long as they are open: so they keep the same one. */
let lastBase = "";

/** Seconds since 1970. The same for everything within an hour, so that browsers can cache what a link shows. */
function linkExpiry(now: number): number {
  const hour = Math.floor(now / 1_000 / hourSeconds) + 1;
  return (hour + 24) * hourSeconds;
}

/** A link that works without a header until it expires (FILE-3). */
export function attachmentLink(
  { links, clock }: Pick<Ports, "links" | "clock">,
  base: string,
  { id, name }: Pick<Attachment, "id" | "name">,
): string {
  const expires = linkExpiry(clock.now());
  const signature = links.sign(id, expires);
  const path = `${communicationPath}/attachments/${id}/${encodeURIComponent(name)}`;
  return `${base}${path}?expires=${expires}&signature=${signature}`;
}
