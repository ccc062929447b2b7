import { copyFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { packPackage } from "../support/packed.ts";
import type { PackedPackage } from "../support/packed.ts";
import { createPerson } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { serveFiles } from "../support/stage.ts";
import type { Stage } from "../support/stage.ts";

let server: TestServer;
let packed: PackedPackage;
let site: Stage;

const browser = useBrowser();

beforeAll(async () => {
  packed = await packPackage();
  await copyFile(resolve(import.meta.dirname, "host-page/main.tsx"), join(packed.site, "main.tsx"));
  [server, site] = await Promise.all([startServer(), openSite(packed.site)]);
});

afterAll(async () => {
  await site?.close();
  await server?.dispose();
  await packed?.dispose();
});

/** The site as its own bundler would build it. */
async function openSite(directory: string): Promise<Stage> {
  const { outputFiles } = await build({
    entryPoints: ["main.tsx"],
    absWorkingDir: directory,
    outdir: join(directory, "out"),
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const files = outputFiles.map(
    ({ path, text }) => [`/${relative(join(directory, "out"), path)}`, text] as const,
  );
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/main.css"></head>
<body><script type="module" src="/main.js"></script></body></html>`;
  return serveFiles(new Map([...files, ["/index.html", page]]));
}

async function logIn(username: string): Promise<ChatPerson> {
  const body = JSON.stringify({ username, password: "parley-demo" });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${server.url}/api/auth/login`, { method: "POST", headers, body });
  const { token, user } = (await response.json()) as { token: string; user: { id: number } };
  return createPerson(server, { id: user.id, name: username, token });
}

test("a site of another origin chats by the package alone", async () => {
  const [alice, bob] = await Promise.all([logIn("alice"), logIn("bob")]);
  const events = await bob.listen();
  const { page } = await browser.newPerson();
  const query = new URLSearchParams({ chat: server.url, token: alice.token, to: `${bob.id}` });
  await page.goto(`${site.url}?${query}`);
  await page.getByRole("button", { name: "Ask Bob" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("Is it in stock?");
  await page.keyboard.press("Enter");
  const { data } = await events.waitFor("message");
  expect(data).toMatchObject({ message: "Is it in stock?", sender_id: alice.id });
  await events.close();

  await bob.post("chats/", { receiver_id: alice.id, message: "Two are left" });
  const arrived = dialog.locator(".message-received").getByText("Two are left");
  expect(await arrived.innerText()).toBe("Two are left");
});
