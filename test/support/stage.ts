import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { readStyles } from "../../src/platforms/local/site-bundle.ts";

const root = resolve(import.meta.dirname, "../..");

/** What the demo's own page is allowed to do, and calls to a chat server on another port. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data: http://localhost:*",
  "media-src 'self' blob: http://localhost:*",
  "connect-src 'self' http://localhost:* ws://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** A page of somebody's site, on an origin of its own. */
export interface Stage {
  readonly url: string;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Attributes of `<html>`, for instance `dir="rtl"`. */
  html?: string;
  /** Added after Parley's styles. */
  css?: string;
}

/** Serves an entry, bundled, in a page with Parley's styles and `<div id="root">`. */
export async function openStage(entry: string, options: StageOptions = {}): Promise<Stage> {
  const files = await bundlePage(entry);
  files.set("/index.html", stagePage(options));
  files.set("/styles.css", `${await readStyles()}\n${options.css ?? ""}`);
  return serveFiles(files);
}

/** A stage for the tests of a file; its address is there once they run. */
export function useStage(entry: string, options?: StageOptions): Pick<Stage, "url"> {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(entry, options);
  });
  afterAll(() => stage.close());
  return {
    get url() {
      return stage.url;
    },
  };
}

/** The entry's bundle: `/bundle.js` and what it loads later. */
export async function bundlePage(entry: string): Promise<Map<string, string>> {
  if (!existsSync(entry)) throw new Error(`There is no ${entry} to bundle`);
  const outdir = join(root, "dist", "stage");
  const { outputFiles } = await build({
    entryPoints: { bundle: entry },
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, text }) => [`/${relative(outdir, path)}`, text]));
}

export async function serveFiles(files: ReadonlyMap<string, string>): Promise<Stage> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://stage");
    const path = pathname === "/" ? "/index.html" : pathname;
    const text = files.get(path);
    response.writeHead(text === undefined ? 404 : 200, {
      "Content-Type": types[extname(path)] ?? "text/plain",
      "Content-Security-Policy": policy,
    });
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The stage has no port");
  return {
    url: `http://localhost:${address.port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function stagePage({ html = 'lang="en"' }: StageOptions): string {
  return `<!doctype html>
<html ${html}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stage</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/styles.css">
</head>
<body><div id="root"></div><script type="module" src="/bundle.js"></script></body>
</html>
`;
}
