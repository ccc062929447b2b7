import { Client } from "pg";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChatPerson } from "../support/people.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import type { TestDatabase } from "../support/real-services.ts";
import { expectStatus, useDemo } from "./demo-page.ts";
import { scrollUp } from "./scroll-up.ts";
import type { Scrolled } from "./scroll-up.ts";

const count = 10_000;

/** The rest of a conversation whose first message is there, as if they had written by turns, one a minute. */
const fill = `
  with told as (
    insert into messages
      (conversation_id, seq, sender_id, body, created_at, delivered_at, read_at)
    select c.id, n, case when n % 3 = 0 then $2::bigint else $1::bigint end,
      'Message ' || n || repeat(' and so on', (n * 7 % 23)::int),
      now() - make_interval(mins => (${count} - n)::int), now(), now()
    from conversations c, generate_series(2, ${count}) n
    where c.direct_key = $1 || ':' || $2
  )
  update conversations set head_seq = ${count}, last_message = 'Message ${count}',
    last_message_at = now(), last_message_by = $1::bigint
  where direct_key = $1 || ':' || $2`;

describe.skipIf((await realPostgresUrl()) === null)("a conversation of 10,000 messages", () => {
  let database: TestDatabase;
  let people: { alice: ChatPerson; bob: ChatPerson };
  const demo = useDemo({
    async env() {
      database = await createEmptyDatabase();
      return { DATABASE_URL: database.url };
    },
    context: { viewport: { width: 1100, height: 800 } },
  });

  beforeAll(async () => {
    const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
    people = { alice, bob };
    await alice.post("chats/", { receiver_id: bob.id, message: "Message 1" });
    await bob.post("chats/mark-read/", { sender_id: alice.id });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(fill, [alice.id, bob.id]);
    await client.end();
  });
  afterAll(() => database?.drop());

  test("opens at its newest message with a page or two of it", async () => {
    const { page } = await demo.comeIn(people.alice);
    const pages: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/chats/conversation/")) pages.push(request.url());
    });
    await page.getByRole("option", { name: /Bob/ }).click();
    await expect.poll(() => isInView(page, `Message ${count}`)).toBe(true);
    await waitUntilItStands(page);
    expect(await page.locator(".chat-window [data-key]").count()).toBeLessThan(80);
    // One to open, one ahead of whoever scrolls up.
    expect(pages.length).toBeLessThanOrEqual(2);
  });

  test(
    "scrolls to its first message without a blank, and keeps its place",
    { timeout: 400_000 },
    async () => {
      const { page } = await demo.comeIn(people.alice, people.bob.id);
      await waitUntilItStands(page);
      let pages = 0;
      page.on("requestfinished", (request) => {
        if (request.url().includes("before_id=")) pages += 1;
      });
      const seen = await scrollUp(page, { step: 450, limitMs: 360_000 });
      console.log(`to the top: ${JSON.stringify({ ...seen, pages })}`);
      expect(seen.isAtBeginning).toBe(true);
      expect(pages).toBeGreaterThanOrEqual(count / 50 - 2);
      expectSteady(seen);
      expect(seen.messages).toBe(count);
      await page.getByText("Message 1", { exact: true }).waitFor();
    },
  );

  test(
    "keeps its place where timers run before the next frame is drawn",
    { timeout: 150_000 },
    async () => {
      const { page } = await demo.comeIn(people.alice, people.bob.id);
      await page.addInitScript({ content: hurryTimers });
      await page.reload();
      await waitUntilItStands(page);
      const seen = await scrollUp(page, { step: 450, messages: 500, limitMs: 90_000 });
      expectSteady(seen);
      expect(seen.messages).toBeGreaterThanOrEqual(500);
    },
  );
});

/** A machine that takes long over each frame: short timers end early instead. */
const hurryTimers = `
  const hurry = (start) => (handler, ms, ...rest) =>
    start(handler, ms >= 50 && ms <= 200 ? ms / 20 : ms, ...rest);
  window.setTimeout = hurry(setTimeout);
  window.setInterval = hurry(setInterval);`;

async function waitUntilItStands(page: Page): Promise<void> {
  await expectStatus(page, "Connected");
  await page.locator(".parley-messages[data-placed] [data-key]").last().waitFor();
  // Once it stands, lines beyond the view are drawn, too.
  await page.waitForFunction(() => {
    const list = document.querySelector(".messages-container")!.getBoundingClientRect();
    const first = document.querySelector(".chat-window [data-key]")?.getBoundingClientRect();
    return first !== undefined && first.top < list.top - 450;
  });
}

function expectSteady({ tallestGap, farthestJump }: Scrolled): void {
  expect(tallestGap).toBeLessThan(60);
  // A message that no longer begins its group loses the space above it.
  expect(farthestJump).toBeLessThanOrEqual(8);
}

/** Is a message that begins so drawn within the window? */
function isInView(page: Page, text: string): Promise<boolean> {
  return page.evaluate(
    (text) =>
      [...document.querySelectorAll(".chat-window .message-content p")].some((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        const isVisible = getComputedStyle(line).visibility === "visible";
        return isVisible && line.textContent?.startsWith(text) && top >= 0 && bottom <= innerHeight;
      }),
    text,
  );
}
