import type { HonoRequest, MiddlewareHandler } from "hono";
import type { Clock } from "../ports/clock.ts";
import { ChatError } from "../protocol/error.ts";
import { receive } from "./request-body.ts";

const mostBytes = 256 * 1024;
const deepest = 32;
/** Sooner than a request is given up. */
const patienceMs = 9_000;

const broken = "malformed-json";

interface WithClock {
  clock: Pick<Clock, "now" | "every">;
}

/** Reads a JSON body within its limits before the validator parses it (JSON-1). */
export function jsonBody(ports: WithClock): MiddlewareHandler {
  return async (c, next) => {
    await readJsonBody(ports, c.req);
    await next();
  };
}

export async function readJsonBody({ clock }: WithClock, request: HonoRequest): Promise<void> {
  const [type, ...parameters] = (request.header("Content-Type") ?? "").toLowerCase().split(";");
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  const isUtf8 = charset === undefined || /=\s*"?utf-?8"?\s*$/.test(charset);
  if (!/^application\/([a-z.-]+\+)?json$/.test(type!.trim()) || !isUtf8) {
    throw new ChatError("unsupported-media-type");
  }
  const patience = { clock, totalMs: patienceMs, idleMs: patienceMs, broken } as const;
  const { body } = request.raw;
  const text = decode(await readBytes(body ? receive(body, patience) : []));
  if (isTooDeep(text))
    throw new ChatError("malformed-json", { detail: "The body is nested too deeply" });
  // Hono keeps promises here, although its types say otherwise.
  request.bodyCache.text = Promise.resolve(text) as unknown as string;
}

/** Counts while reading: what Content-Length says may be wrong. */
async function readBytes(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) throw new ChatError("payload-too-large");
    chunks.push(new Uint8Array(chunk));
  }
  if (chunks.length === 1) return chunks[0]!;
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ChatError("malformed-json", { detail: "The body is not valid UTF-8" });
  }
}

/** Looks at brackets outside of strings, so that nothing deep is ever parsed. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]!;
    if (char === '"') isString = !isString;
    else if (isString && char === "\\") index += 1;
    else if (!isString && (char === "[" || char === "{")) depth += 1;
    else if (!isString && (char === "]" || char === "}")) depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
