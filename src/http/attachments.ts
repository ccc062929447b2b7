import { createRoute, z } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Ports } from "../ports/index.ts";
import type { Attachment } from "../protocol/attachment.ts";
import { ChatError } from "../protocol/error.ts";
import { inlineName } from "../usecases/show-file.ts";
import { formatDisposition } from "./content-disposition.ts";
import { communicationPath } from "./links.ts";
import { parseRange } from "./range.ts";
import { fails } from "./route-docs.ts";

const attachmentRoute = createRoute({
  method: "get",
  path: `${communicationPath}/attachments/{id}/{name}`,
  tags: ["Chat"],
  summary: "A file, by the link that its message carries",
  description:
    "Needs no header, so that it works in `<img src>`. `HEAD` and single ranges work too.",
  security: [],
  request: {
    params: z.object({ id: z.string(), name: z.string() }),
    query: z.object({ expires: z.string(), signature: z.string() }),
  },
  responses: {
    200: { description: "The file." },
    206: { description: "The part of it that `Range` asked for." },
    304: { description: "The file that `If-None-Match` named." },
  },
  ...fails("not-found", "range-not-satisfiable", "attachments-unavailable"),
});

type Described = Omit<Attachment, "id">;

/** Whatever a file holds, it runs nothing here (FILE-1). */
const always = {
  "Accept-Ranges": "bytes",
  "Cache-Control": "private, max-age=3600",
  "Content-Security-Policy": "sandbox; default-src 'none'",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export function registerAttachmentRoutes(app: OpenAPIHono, ports: Ports): void {
  app.openAPIRegistry.registerPath(attachmentRoute);

  app.get(attachmentRoute.getRoutingPath(), async (c) => {
    const id = c.req.param("id");
    checkLink(ports, id, c);
    const found = await ports.attachments.describe(id);
    if (!found) throw new ChatError("not-found");
    const headers = { ...always, ...describe(found.attachment), ETag: found.etag };
    if (isKnown(c.req.header("If-None-Match"), found.etag)) return c.body(null, 304, headers);
    if (c.req.method === "HEAD")
      return c.body(null, 200, withLength(headers, found.attachment.size));
    return sendFile(ports, c, { id, size: found.attachment.size, etag: found.etag, headers });
  });
}

/** Forged, expired and missing are all the same 404 (FILE-3). */
function checkLink({ links, clock }: Ports, id: string, c: Context): void {
  const expires = c.req.queries("expires") ?? [];
  const signature = c.req.queries("signature") ?? [];
  const isLink = expires.length === 1 && signature.length === 1 && /^[0-9a-f]{32}$/.test(id);
  if (!isLink || !/^[0-9]{1,11}$/.test(expires[0]!)) throw new ChatError("not-found");
  const expiresAt = Number(expires[0]);
  const isValid = links.verify(id, expiresAt, signature[0]!);
  if (!isValid || expiresAt * 1_000 <= clock.now()) throw new ChatError("not-found");
}

interface FileAnswer {
  id: string;
  size: number;
  etag: string;
  headers: Record<string, string>;
}

async function sendFile(
  { attachments }: Ports,
  c: Context,
  { id, size, etag, headers }: FileAnswer,
): Promise<Response> {
  const range = isCurrent(c.req.header("If-Range"), etag) ? rangeOf(c, size) : null;
  const file = await attachments.open(id, range);
  if (!file) throw new ChatError("not-found");
  if (!range) return c.body(file.body, 200, withLength(headers, size));
  const { offset, length } = range;
  const contentRange = `bytes ${offset}-${offset + length - 1}/${size}`;
  return c.body(file.body, 206, { ...withLength(headers, length), "Content-Range": contentRange });
}

function rangeOf(c: Context, size: number): ReturnType<typeof parseRange> {
  try {
    return parseRange(c.req.header("Range"), size);
  } catch (error) {
    c.header("Content-Range", `bytes */${size}`);
    throw error;
  }
}

function describe(file: Described): Record<string, string> {
  const inline = inlineName(file);
  const disposition =
    inline === null
      ? formatDisposition("attachment", file.name)
      : formatDisposition("inline", inline);
  return { "Content-Type": file.contentType, "Content-Disposition": disposition };
}

function withLength(headers: Record<string, string>, length: number): Record<string, string> {
  return { ...headers, "Content-Length": String(length) };
}

function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

function isCurrent(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === etag;
}
