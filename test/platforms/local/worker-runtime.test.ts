import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workerEntry } from "../../../src/platforms/local/worker-entry.ts";
import { checkPort } from "../../../src/platforms/machine/port.ts";

const worker = `
import { DurableObject } from "cloudflare:workers";
export class UserHub extends DurableObject {
  async count() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/count") return Response.json(await env.USER_HUB.getByName("a").count());
    if (pathname === "/api/file") {
      const before = await env.ATTACHMENTS.get("file");
      await env.ATTACHMENTS.put("file", "kept");
      return Response.json(before === null ? null : await before.text());
    }
    return Response.json({ pathname, name: env.NAME, ip: request.headers.get("cf-connecting-ip") });
  },
};
`;
const wranglerToml = `
name = "parley"
main = "worker.ts"
compatibility_date = "2026-10-20"
[assets]
directory = "./dist/site"
binding = "ASSETS"
run_worker_first = ["/api/*"]
[[durable_objects.bindings]]
name = "USER_HUB"
class_name = "UserHub"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["UserHub"]
[[r2_buckets]]
binding = "ATTACHMENTS"
bucket_name = "files"
`;

let root: string;
let port: number;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-runtime-"));
  port = await freePort();
  await mkdir(join(root, "dist", "worker"), { recursive: true });
  await mkdir(join(root, "dist", "site"), { recursive: true });
  await writeFile(join(root, "wrangler.toml"), wranglerToml);
  await writeFile(join(root, "dist", "worker", "worker.js"), worker);
  await writeFile(join(root, "dist", "site", "index.html"), "the page");
  await writeFile(join(root, "dist", "site", "_headers"), "/*\n  X-Frame-Options: DENY\n");
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("the Worker in workerd", () => {
  test("serves, keeps its state when killed, and leaves nothing behind", async () => {
    const first = await startProcess();
    expect(await get("/api/count")).toBe(1);
    expect(await get("/api/file")).toBeNull();
    const claims = { "cf-connecting-ip": "6.6.6.6", "x-forwarded-for": "6.6.6.6" };
    expect(await get("/api/else", claims)).toEqual({
      pathname: "/api/else",
      name: "given",
      ip: "127.0.0.1",
    });
    const page = await fetch(address("/"));
    expect(await page.text()).toBe("the page");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect((await fetch(address("/_headers"))).headers.get("content-type")).toMatch(/json/);
    expect(await get("/missing")).toMatchObject({ pathname: "/missing" });

    first.kill("SIGKILL");
    await expect.poll(portIsFree, { timeout: 5_000 }).toBe(true);

    const second = await startProcess();
    expect(await get("/api/count")).toBe(2);
    expect(await get("/api/file")).toBe("kept");
    second.kill("SIGKILL");
    await expect.poll(portIsFree, { timeout: 5_000 }).toBe(true);
  });
});

test("the entry leaves the listed paths to the Worker", () => {
  const paths = ["/api/*", "/health", "/a.b"];
  const source = workerEntry({
    main: "worker.js",
    workerFirst: paths,
    trustProxy: false,
    stores: {},
  });
  const pattern: unknown = JSON.parse(/new RegExp\((.*)\)/.exec(source)?.[1] ?? "");
  const first = new RegExp(String(pattern));
  expect(["/api/", "/api/x/y", "/health", "/a.b"].every((path) => first.test(path))).toBe(true);
  expect(["/", "/apix", "/healthy", "/x/api/", "/aXb"].some((path) => first.test(path))).toBe(
    false,
  );
});

describe("behind a trusted proxy", () => {
  test("the caller is the one whom the proxy named last", async () => {
    const child = await startProcess({ TRUST_PROXY: "on" });
    const ipOf = async (headers: Record<string, string>): Promise<unknown> =>
      get("/api/else", { "cf-connecting-ip": "6.6.6.6", ...headers });
    expect(await ipOf({ "x-forwarded-for": "7.7.7.7, 2001:db8::1" })).toMatchObject({
      ip: "2001:db8::1",
    });
    expect(await ipOf({})).toMatchObject({ ip: "127.0.0.1" });
    child.kill("SIGKILL");
    await expect.poll(portIsFree, { timeout: 5_000 }).toBe(true);
  });
});

async function startProcess(env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script(env)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

/** A process of its own, so that the test can kill it. */
function script(env: Record<string, string>): string {
  const platforms = new URL("../../../src/platforms/", import.meta.url).href;
  return `
    const { readConfig } = await import("${platforms}machine/config.ts");
    const { startWorker } = await import("${platforms}local/worker-runtime.ts");
    const config = { ...readConfig(${JSON.stringify({ ...env, PORT: String(port) })}), root: ${JSON.stringify(root)} };
    await startWorker({ ...config, dataDir: config.root + "/data" }, { NAME: "given" });
    console.log("started");
  `;
}

function address(path: string): string {
  return `http://127.0.0.1:${port}${path}`;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  return (await fetch(address(path), { headers })).json();
}

async function portIsFree(): Promise<boolean> {
  return checkPort("127.0.0.1", port).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  return bound === null || typeof bound === "string" ? 0 : bound.port;
}
