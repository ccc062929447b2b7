export interface WorkerEntry {
  main: string;
  workerFirst: string[];
  trustProxy: boolean;
  /** What stands in for the cloud's stores: the binding that leads to each, by the beginning of its addresses. */
  stores: Record<string, string>;
}

/**
 * The module in front of the bundle. Cloudflare answers a path outside `run_worker_first` from the
 * assets; Miniflare's own router does it through two more Workers, which costs every request time.
 * Cloudflare also says who called, over what the caller claims; workerd has one caller, this machine,
 * unless a trusted proxy adds to the end of X-Forwarded-For who called it. Nor does a request to a store
 * pass another Worker on Cloudflare, as each request that leaves Miniflare does: a binding leads past it.
 */
export function workerEntry({ main, workerFirst, trustProxy, stores }: WorkerEntry): string {
  const patterns = workerFirst.map((path) => `^${path.split("*").map(escape).join(".*")}$`);
  return `
import { env as bindings } from "cloudflare:workers";
import worker from ${JSON.stringify(`./${main}`)};
export * from ${JSON.stringify(`./${main}`)};

const workerFirst = new RegExp(${JSON.stringify(patterns.join("|"))});
const trustProxy = ${String(trustProxy)};
const stores = Object.entries(${JSON.stringify(stores)});

const fetchOutside = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const store = stores.find(([start]) => typeof input === "string" && input.startsWith(start));
  return store ? bindings[store[1]].fetch(input, init) : fetchOutside(input, init);
};

function callerOf({ headers }) {
  const forwarded = trustProxy ? headers.get("X-Forwarded-For") : null;
  return forwarded?.split(",").at(-1).trim() || "127.0.0.1";
}

export default {
  ...worker,
  async fetch(incoming, env, context) {
    const request = new Request(incoming);
    request.headers.set("CF-Connecting-IP", callerOf(incoming));
    const reads = request.method === "GET" || request.method === "HEAD";
    if (reads && !workerFirst.test(new URL(request.url).pathname)) {
      const asset = await env.ASSETS.fetch(request);
      if (asset.status !== 404) return asset;
    }
    return worker.fetch(request, env, context);
  },
};
`;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
