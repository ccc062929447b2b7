/**
 * The module in front of the bundle. Cloudflare answers a path outside `run_worker_first` from the
 * assets; Miniflare's own router does it through two more Workers, which costs every request time.
 */
export function workerEntry(main: string, workerFirst: string[]): string {
  const patterns = workerFirst.map((path) => `^${path.split("*").map(escape).join(".*")}$`);
  return `
import worker from ${JSON.stringify(`./${main}`)};
export * from ${JSON.stringify(`./${main}`)};

const workerFirst = new RegExp(${JSON.stringify(patterns.join("|"))});

export default {
  ...worker,
  async fetch(request, env, context) {
    if (!workerFirst.test(new URL(request.url).pathname)) {
      const asset = await env.ASSETS.fetch(request.clone());
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
