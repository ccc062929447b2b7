import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage } from "../../../src/protocol/chat-message.ts";
import { findFreePort } from "../../support/free-port.ts";

const root = resolve(import.meta.dirname, "../../..");
const chats = "/api/v1/communication/chats";
let directory: string;
let port: number;
let server: Bun.Subprocess<"ignore", "pipe", "inherit">;

async function run(...command: string[]): Promise<void> {
  const { exited } = Bun.spawn([process.execPath, ...command], { cwd: root, stdout: "ignore" });
  expect(await exited).toBe(0);
}

/** A machine of its own inside this one; a system that lets nobody make one has to do with an empty directory. */
const enter =
  'for at in proc dev; do mount --rbind "/$at" "$0/$at" || exit; done; exec chroot "$0" /parley';
const inRoot = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "sh", "-c", enter];
const hasRoots =
  process.platform === "linux" &&
  existsSync(inRoot[0]!) &&
  Bun.spawnSync([...inRoot.slice(0, 4), "true"]).success;

/** The file, and of a system nothing but the C library that it was linked with. */
async function furnish(): Promise<void> {
  const file = join(directory, "parley");
  await copyFile(join(root, "dist", "bun", "parley"), file);
  if (!hasRoots) return;
  for (const name of ["proc", "dev"]) await mkdir(join(directory, name));
  const listed = Bun.spawnSync(["ldd", file]).stdout.toString();
  for (const [library] of listed.matchAll(/\/\S+/g)) {
    await mkdir(join(directory, dirname(library)), { recursive: true });
    await copyFile(library, join(directory, library));
  }
}

async function start(): Promise<void> {
  const command = hasRoots ? [...inRoot, directory] : [join(directory, "parley")];
  server = Bun.spawn(command, {
    cwd: directory,
    // `sh` has a PATH of its own for what it calls.
    env: { PORT: String(port) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let output = "";
  for await (const chunk of server.stdout) {
    output += new TextDecoder().decode(chunk);
    if (/^Ready on .*\n[^]*bob/m.test(output)) break;
  }
}

beforeAll(async () => {
  await run("src/platforms/local/build.ts", "--site");
  await run("src/platforms/bun/build.ts");
  directory = await mkdtemp(join(tmpdir(), "parley-one-file-"));
  port = await findFreePort();
  await furnish();
  await start();
}, 180_000);

afterAll(async () => {
  server.kill();
  await server.exited;
  await rm(directory, { recursive: true, force: true });
});

const url = (path: string): string => `http://localhost:${port}${path}`;

async function signIn(username: string) {
  const login = await fetch(url("/api/auth/login"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password: "parley-demo" }),
  });
  const { token, user } = (await login.json()) as { token: string; user: { id: number } };
  return { id: user.id, headers: { Authorization: `Bearer ${token}` } };
}

describe("the one file", () => {
  it.each(["/", "/docs/swagger-ui.css", "/api/docs/"])("serves %s", async (path) => {
    const response = await fetch(url(path));
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  it("keeps a message and its file when it is killed and started again", async () => {
    const [alice, bob] = [await signIn("alice"), await signIn("bob")];
    const form = new FormData();
    form.append("receiver_id", String(bob.id));
    form.append("message", "Hello Bob");
    form.append("attachment", new File(["kept"], "note.txt"));
    const sending = { method: "POST", headers: alice.headers, body: form };
    const sent = await fetch(url(`${chats}/`), sending);
    expect(sent.status).toBe(201);
    server.kill("SIGKILL");
    await server.exited;
    await start();
    const read = await fetch(url(`${chats}/conversation/${alice.id}/`), bob);
    const { messages } = (await read.json()) as { messages: ChatMessage[] };
    const message = messages.find(({ message: text }) => text === "Hello Bob");
    expect(message?.attachment_name).toBe("note.txt");
    const file = await fetch(message!.attachment_url!);
    expect(await file.text()).toBe("kept");
  }, 120_000);
});
