import type { Assets } from "./assets.ts";

/** What the app itself answers; everything else may be a file. As `run_worker_first` in wrangler.toml. */
const appPaths = /^\/(api|ws|health)(\/|$)/;

/** Answers a request for a file of the page; null leaves it to the app. */
export type Site = (request: Request) => Promise<Response | null>;

interface HeaderRule {
  pattern: RegExp;
  headers: [name: string, value: string][];
}

export async function createSite({ site }: Assets): Promise<Site> {
  const headersFile = site.get("/_headers");
  const rules = headersFile ? parseHeaders(await Bun.file(headersFile).text()) : [];
  /** The files stay as they are for as long as the server runs. */
  const etags = new Map<string, string>();

  async function etagOf(path: string): Promise<string> {
    const etag = etags.get(path) ?? `"${Bun.hash(await Bun.file(path).bytes()).toString(36)}"`;
    etags.set(path, etag);
    return etag;
  }

  return async (request) => {
    const { pathname } = new URL(request.url);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead || appPaths.test(pathname) || pathname.startsWith("/_")) return null;
    const path = site.get(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    if (path === undefined) return null;
    const file = Bun.file(path);
    const etag = await etagOf(path);
    const headers = new Headers({
      "Content-Type": file.type,
      "Cache-Control": "public, max-age=0, must-revalidate",
      ETag: etag,
    });
    for (const rule of rules.filter(({ pattern }) => pattern.test(pathname))) {
      for (const [name, value] of rule.headers) headers.set(name, value);
    }
    if (request.headers.get("If-None-Match")?.includes(etag)) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(file, { headers });
  };
}

/** Cloudflare's `_headers`: a path, where `*` is anything, and indented below it the headers of what it fits. */
function parseHeaders(text: string): HeaderRule[] {
  const rules: HeaderRule[] = [];
  for (const line of text.split("\n")) {
    const [name = "", ...value] = line.trim().split(":");
    if (line.startsWith("/")) rules.push({ pattern: toPattern(line.trim()), headers: [] });
    else if (value.length > 0) rules.at(-1)?.headers.push([name, value.join(":").trim()]);
  }
  return rules;
}

function toPattern(path: string): RegExp {
  const parts = path.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
