import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePort } from "../support/free-port.ts";
import { createPerson, signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { embedded, spawnScript, startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import * as documented from "./documented.ts";
import type { ConversationRow, History, HistoryMessage, UnreadCount } from "./documented.ts";

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;
let aliceToken: string;

beforeAll(async () => {
  server = await startServer({ ...embedded, LIMITS: '{"sendBurst":1000}' });
  const [, token = ""] = await server.waitForOutput(/Token (\S+)' .*"message":"Hello Bob"\}'\n/);
  aliceToken = token;
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

function send(message: string): Promise<HistoryMessage> {
  return jane.post("chats/", { receiver_id: john.id, message });
}

/** A reader who has just gone is still online for a moment. */
function withoutPresence(row: ConversationRow): object {
  return { ...row, other_user: { ...row.other_user, is_online: null } };
}

function textsOf({ messages }: History): string[] {
  return messages.map(({ message }) => message);
}

/** What a command of package.json prints beside the running server, and its exit code. */
async function runScript(
  name: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; output: string }> {
  const child = spawnScript(name, { ...server.env, ...env });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

async function runInShell(command: string): Promise<string> {
  return (await promisify(execFile)("sh", ["-c", command])).stdout;
}

/** Runs a command that does not end by itself, and looks at what it prints. */
function watchInShell(command: string) {
  const child = spawn(command, { shell: true, detached: true });
  let text = "";
  let look = (): void => undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    look();
  });
  return {
    waitFor(wanted: string): Promise<string> {
      const { promise, resolve: found } = Promise.withResolvers<string>();
      look = (): void => void (text.includes(wanted) && found(text));
      look();
      return promise;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      process.kill(-(child.pid ?? 0));
      await once(child, "close");
    },
  };
}

const docsAssets = ["/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"];

describe("the static pages", () => {
  test.each(["/", ...docsAssets])("%s comes with security headers", async (path) => {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy": expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      ),
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
    });
  });
});

describe("what the start prints", () => {
  test("says Ready when the demo people are there", async () => {
    await server.stop();
    await server.restart();
    expect(server.output()).toMatch(/^Ready on \S+\n\n\s+id .*\n.* alice .*\n.* bob .*\n.* carol /);
  });

  test("names three demo people who can log in", async () => {
    for (const username of ["alice", "bob", "carol"]) {
      expect(server.output()).toMatch(new RegExp(`^\\s*\\d+\\s+${username}\\s+parley-demo$`, "m"));
      // oxlint-disable-next-line no-await-in-loop -- one person after the other
      const answer = await fetch(`${server.url}/api/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username, password: "parley-demo" }),
      });
      expect(answer.status).toBe(200);
    }
  });

  test("has two curl lines to paste: one sends, the other shows it arrive", async () => {
    const [watch = "", post = ""] = server.output().match(/^curl .*$/gm) ?? [];
    await using watcher = watchInShell(watch);
    await watcher.waitFor("event: ready");
    const [body = "", status] = (await runInShell(`${post} -w '\\n%{http_code}'`)).split("\n");
    expect(status).toBe("201");
    expect(JSON.parse(body)).toMatchObject({ message: "Hello Bob", sender_username: "alice" });
    expect(await watcher.waitFor("Hello Bob")).toContain("event: message");
  });
});

describe("the README's two terminals", () => {
  test("show a message arrive when they are pasted", async () => {
    const readme = await readFile(resolve(import.meta.dirname, "../../README.md"), "utf8");
    const section =
      readme.split("## Try it with curl in two terminals")[1]?.split("\n## ")[0] ?? "";
    const [listen = "", write = ""] = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
      ([, block = ""]) => block.replaceAll("localhost:8787", `localhost:${server.port}`),
    );
    await using watcher = watchInShell(listen);
    await watcher.waitFor("event: ready");
    const sent = JSON.parse(await runInShell(write)) as HistoryMessage;
    expect(sent).toMatchObject({ message: "Hello Bob", receiver_username: "bob" });
    expect(await watcher.waitFor(`"id":${sent.id},`)).toContain("event: message");
  });
});

describe("beside the running server", () => {
  test("`npm run check-services` has a good word for each service", async () => {
    const { code, output } = await runScript("check-services");
    for (const name of ["postgres", "migrations", "redis", "attachments", "hub"]) {
      expect(output).toMatch(new RegExp(`^✓ ${name}\\s+\\d+ ms$`, "m"));
    }
    expect(code).toBe(0);
  });

  test("`npm run check-services` finds it on whatever port it is", async () => {
    const { code, output } = await runScript("check-services", { PORT: "1" });
    expect(output).toContain(`is served at ${server.url}\n✓ postgres`);
    expect(code).toBe(0);
  });

  test.each([
    [{ LIMITS: "x" }, /^LIMITS must be a JSON object like .*$/],
    [{ DATA_DIR: "/dev/null/x" }, /^Cannot keep data in \/dev\/null\/x \(ENOTDIR\); .*$/],
    [{ ALLOWED_ORIGINS: "**" }, /^ALLOWED_ORIGINS: "\*\*" is no origin; .*$/],
  ])("`npm start` with %o ends with one line", async (env, line) => {
    const port = String(await findFreePort());
    const { code, output } = await runScript("start", { ...env, PORT: port });
    expect(output.trim()).toMatch(line);
    expect(code).toBe(1);
  });

  test("a second `npm start` on its port ends with one line that says what to do", async () => {
    const { code, output } = await runScript("start");
    expect(output.trim()).toBe(`Port ${server.port} is in use; stop the other program or set PORT`);
    expect(code).toBe(1);
  });
});

describe("a stop and a start", () => {
  test("keep messages, counts, accounts and the place in the stream [RESUME-1]", async () => {
    const stream = await john.listen();
    await stream.waitFor("ready");
    await send("Before");
    await stream.waitFor("message", ({ data }) => data["message"] === "Before");
    const lastEventId = stream.lastEventId();
    await stream.close();
    const last = await send("While you were away");
    const [rows, page, unread] = await Promise.all([
      jane.get<ConversationRow[]>("chats/conversations/"),
      jane.get<History>(`chats/conversation/${john.id}/`),
      john.get<UnreadCount>("chats/unread-count/"),
    ]);

    expect(await server.stop()).toBe(0);
    await server.restart();

    const rowsAfter = await jane.get<ConversationRow[]>("chats/conversations/");
    expect(rowsAfter.map(withoutPresence)).toEqual(rows.map(withoutPresence));
    expect(await john.get("chats/unread-count/")).toEqual(unread);
    const after = await jane.get<History>(`chats/conversation/${john.id}/`);
    expect(textsOf(after)).toEqual(textsOf(page));
    const resumed = await john.listen({ lastEventId });
    await resumed.waitFor("ready");
    expect(resumed.named("message").map(({ data }) => data["id"])).toEqual([last.id]);
    expect(resumed.named("reset")).toEqual([]);
    await resumed.close();
  });

  test("keep the demo people's tokens good", async () => {
    const alice = createPerson(server, { id: 0, name: "Alice", token: aliceToken });
    expect(await alice.get("/api/auth/me")).toMatchObject({ username: "alice" });
    const [row] = await alice.get<ConversationRow[]>("chats/conversations/");
    expect(row).toMatchObject({ last_message: "Hello Bob", other_user: { username: "bob" } });
  });
});

describe("a kill without warning", () => {
  test("loses nothing that was acknowledged and leaves nothing running [SEND-1]", async () => {
    const texts = Array.from({ length: 10 }, (_, index) => `Acknowledged ${index}`);
    // oxlint-disable-next-line no-await-in-loop -- their order is what counts
    for (const text of texts) await send(text);
    await server.killHard();
    await server.restart();
    const page = await john.get<History>(`chats/conversation/${jane.id}/?limit=10`);
    expect(textsOf(page).toReversed()).toEqual(texts);
    const stream = await john.listen();
    await stream.waitFor("ready");
    await send("Back again");
    await stream.waitFor("message", ({ data }) => data["message"] === "Back again");
    await stream.close();
  });
});

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  test("ends open streams and every process, and frees the port", async () => {
    const stream = await john.listen();
    await stream.waitFor("ready");
    expect(await server.stop(signal)).toBe(0);
    await stream.ended;
    await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed");
    await server.restart();
  });
});

test("without given secrets the data directory keeps its own, and they hold", async () => {
  const own = await startServer({
    ...embedded,
    AUTH_SECRET: undefined,
    SERVICE_KEY: undefined,
    DEMO: "off",
  });
  try {
    const secrets = await own.keptSecrets();
    const host = await signIn({ ...own, ...secrets }, documented.people.mia);
    const response = await fetch(`${own.url}/api/service/notifications`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secrets.serviceKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        user_ids: [host.id],
        title: "Kept",
        message: "",
        notification_type: "notice",
      }),
    });
    expect(await response.json()).toMatchObject({ delivered_to: [456] });
  } finally {
    await own.dispose();
  }
});
