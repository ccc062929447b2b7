import type { Environment } from "./environment.ts";
import { ApiError, type HttpRequest } from "./http.ts";
import { createSettlement } from "./settlement.ts";

export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Exchange {
  url: string;
  method: HttpRequest["method"];
  headers: Headers;
  body: string | FormData | null;
  signal: AbortSignal | undefined;
  onProgress: HttpRequest["onProgress"];
}

/** The server answers within 10 s, a form may take its time. */
const patienceMs = 30_000;

/** One request and its whole answer, whatever its status. Rejects with `aborted` or `offline`. */
export async function sendExchange(
  environment: Environment,
  exchange: Exchange,
): Promise<RawAnswer> {
  if (exchange.signal?.aborted) throw aborted();
  const { createUpload } = environment;
  if (exchange.onProgress && createUpload) return sendUpload(createUpload(), exchange);
  return sendFetch(environment, exchange);
}

async function sendFetch(environment: Environment, exchange: Exchange): Promise<RawAnswer> {
  const { url, method, headers, body, signal } = exchange;
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal?.addEventListener("abort", abort);
  const forget = body instanceof FormData ? undefined : environment.after(patienceMs, abort);
  try {
    const init = { method, headers, body, signal: stop.signal };
    const response = await environment.fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw signal?.aborted ? aborted() : offline(cause);
  } finally {
    forget?.();
    signal?.removeEventListener("abort", abort);
  }
}

function sendUpload(upload: XMLHttpRequest, exchange: Exchange): Promise<RawAnswer> {
  const { url, method, headers, body, signal, onProgress } = exchange;
  const { promise, resolve, reject } = createSettlement<RawAnswer>();
  const abort = (): void => upload.abort();
  upload.open(method, url);
  for (const [name, value] of headers) upload.setRequestHeader(name, value);
  upload.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
    if (lengthComputable && total > 0) onProgress?.(loaded / total);
  });
  upload.addEventListener("load", () => {
    const { status, responseText: text } = upload;
    resolve({ status, headers: parseHeaders(upload.getAllResponseHeaders()), text });
  });
  upload.addEventListener("error", () => reject(offline()));
  upload.addEventListener("abort", () => reject(aborted()));
  signal?.addEventListener("abort", abort);
  upload.send(body);
  return promise.finally(() => signal?.removeEventListener("abort", abort));
}

function parseHeaders(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.trim().split(/[\r\n]+/)) {
    const end = line.indexOf(":");
    if (end > 0) headers.append(line.slice(0, end), line.slice(end + 1).trim());
  }
  return headers;
}

function aborted(): ApiError {
  return new ApiError("aborted", "The request was stopped", { status: 0 });
}

export function offline(cause?: unknown): ApiError {
  return new ApiError("offline", "The server cannot be reached", { status: 0, cause });
}
