import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { openStage, type Stage } from "../support/stage.ts";
import type { TransportStage } from "./client-transport.stage.ts";

const browser = useBrowser();
let server: TestServer;
let stage: Stage;
let alice: ChatPerson;
let bob: ChatPerson;

beforeAll(async () => {
  server = await startServer({ DEMO: "off" });
  stage = await openStage(resolve(import.meta.dirname, "client-transport.stage.ts"));
  alice = await signIn(server, { id: 1, username: "alice", name: "Alice" });
  bob = await signIn(server, { id: 2, username: "bob", name: "Bob" });
});

afterAll(async () => {
  await stage?.close();
  await server?.dispose();
});

async function visit(page: Page): Promise<Page> {
  const query = new URLSearchParams({ server: server.url, token: bob.token });
  await page.goto(`${stage.url}?${query.toString()}`);
  return page;
}

function read(page: Page): Promise<ReturnType<TransportStage["read"]>> {
  return page.evaluate(() => globalThis.transportStage.read());
}

async function expectSoon(page: Page, expected: object): Promise<void> {
  await expect.poll(() => read(page), { timeout: 15_000 }).toMatchObject(expected);
}

async function write(text: string): Promise<void> {
  await alice.post("chats/", { receiver_id: bob.id, message: text });
}

describe("tabs of one browser", () => {
  test("share one socket, and pass it on when the leading one closes or crashes", async () => {
    const person = await browser.newPerson();
    const first = await visit(person.page);
    const online = { status: "online", transport: "websocket" };
    await expectSoon(first, { ...online, leads: true });
    const second = await visit(await person.context.newPage());
    const third = await visit(await person.context.newPage());
    for (const page of [second, third]) await expectSoon(page, { ...online, leads: false });
    await write("one");
    for (const page of [first, second, third]) await expectSoon(page, { texts: ["one"] });

    await first.close();
    await expectSoon(second, { ...online, leads: true });
    await write("two");
    for (const page of [second, third]) await expectSoon(page, { texts: ["one", "two"] });

    const crash = second.waitForEvent("crash");
    await second.goto("chrome://crash").catch(() => undefined);
    await crash;
    await expectSoon(third, { ...online, leads: true });
    await write("three");
    await expectSoon(third, { texts: ["one", "two", "three"] });
    await third.close();
    person.expectTrouble(/crash/);
  });

  test("come back by themselves when the network does", async () => {
    const person = await browser.newPerson();
    person.expectTrouble(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    const page = await visit(person.page);
    await expectSoon(page, { status: "online", texts: [] });
    await person.context.setOffline(true);
    await expectSoon(page, { status: "offline" });
    await write("meanwhile");
    await person.context.setOffline(false);
    await expectSoon(page, { status: "online", texts: ["meanwhile"] });
  });
});

describe("an upload", () => {
  test("tells how it goes, and stops when it is told to", async () => {
    const page = await visit((await browser.newPerson()).page);
    const upload = { to: alice.id, bytes: 4 * 1024 * 1024 };
    const shares = await page.evaluate(
      ({ to, bytes }) => globalThis.transportStage.upload(to, bytes),
      upload,
    );
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(shares.at(-1)).toBe(1);
    const code = await page.evaluate(
      ({ to, bytes }) => globalThis.transportStage.stopUpload(to, bytes),
      { ...upload, bytes: 20 * 1024 * 1024 },
    );
    expect(code).toBe("aborted");
    const { messages } = await alice.get<{ messages: { message: string }[] }>(
      `chats/conversation/${bob.id}/`,
    );
    expect(messages.map(({ message }) => message)).not.toContain("never");
  });
});
