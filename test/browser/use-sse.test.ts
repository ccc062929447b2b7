import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "inbox.stage.tsx"));

async function listen(): Promise<Page> {
  const { page } = await browser.newPerson();
  await page.goto(`${stage.url}?scene=events&bare`);
  await page.getByRole("status").waitFor();
  return page;
}

const heard = (page: Page) => page.evaluate(() => window.heard.splice(0));
const shown = async (page: Page) =>
  JSON.parse(await page.getByRole("status").innerText()) as Record<string, unknown>;

type Status = "online" | "reconnecting" | "offline" | "signed-out" | "closed";

const turn = (page: Page, status: Status, error: string | null = null) =>
  page.evaluate(
    (change) => {
      const { connection } = window.sample;
      connection.set({ ...connection.get(), ...change });
    },
    { status, error },
  );

const read_at = "2026-03-03T15:04:00Z";

describe("S1-57…63 useSSE", () => {
  test("greets at once and again after each break", async () => {
    const page = await listen();
    const connected = { event: "connected", data: { status: "connected", user_id: 1 } };
    // StrictMode listens twice, and each time is greeted.
    expect(await heard(page)).toEqual([connected, connected]);
    await turn(page, "reconnecting");
    await page.evaluate(() => window.sample.emit({ type: "connected", user_id: 1 }));
    await turn(page, "online");
    expect(await heard(page)).toEqual([connected]);
  });

  test("hands out each event in the documented shape, one receipt for each message", async () => {
    const page = await listen();
    await heard(page);
    await page.evaluate((read_at) => {
      const { emit } = window.sample;
      const receipt = { conversation_id: 7, message_ids: [5, 6], cursor: "a-1" };
      emit({ type: "typing", sender_id: 2, sender_name: "Bob Baker", is_typing: true });
      emit({ type: "read_receipt", reader_id: 2, reader_name: "Bob Baker", read_at, ...receipt });
      emit({ type: "delivery_receipt", receiver_id: 2, delivered_at: read_at, ...receipt });
      emit({ type: "unread", unread_count: 3, read_at, ...receipt });
      emit({
        type: "notification",
        id: "n1",
        title: "Order",
        message: "It is on its way",
        notification_type: "order",
        timestamp: read_at,
        order: 12,
      });
      emit({ type: "presence", user_id: 2, is_online: false, last_seen: read_at });
      emit({ type: "heartbeat", timestamp: 1736419800.123 });
      emit({ type: "ready" });
    }, read_at);
    const about = { reader_id: 2, reader_name: "Bob Baker", read_at, conversation_id: 7 };
    const arrived = { receiver_id: 2, delivered_at: read_at, conversation_id: 7 };
    expect(await heard(page)).toEqual([
      { event: "typing", data: { sender_id: 2, sender_name: "Bob Baker", is_typing: true } },
      { event: "read_receipt", data: { message_id: 5, ...about } },
      { event: "read_receipt", data: { message_id: 6, ...about } },
      { event: "delivery_receipt", data: { message_id: 5, ...arrived } },
      { event: "delivery_receipt", data: { message_id: 6, ...arrived } },
      {
        event: "unread",
        data: { conversation_id: 7, unread_count: 3, message_ids: [5, 6], read_at },
      },
      {
        event: "notification",
        data: {
          id: "n1",
          title: "Order",
          message: "It is on its way",
          notification_type: "order",
          timestamp: read_at,
          order: 12,
        },
      },
      { event: "presence", data: { user_id: 2, is_online: false, last_seen: read_at } },
      { event: "heartbeat", data: { timestamp: 1736419800.123 } },
    ]);
  });

  test("hands out a message as REST answers it", async () => {
    const page = await listen();
    await heard(page);
    const message = {
      id: 9,
      sender_id: 2,
      sender_name: "Bob Baker",
      receiver_id: 1,
      message: "Hi",
      attachment: null,
      attachment_type: null,
      timestamp: read_at,
      is_read: false,
      conversation_id: 7,
    };
    await page.evaluate((given) => {
      type Given = Parameters<typeof window.sample.emit>[0];
      window.sample.emit({ type: "message", message: given, unread_count: 1 } as Given);
    }, message);
    expect(await heard(page)).toEqual([{ event: "message", data: message }]);
  });

  test("hands out what the viewer wrote in another window", async () => {
    const page = await listen();
    await heard(page);
    await page.evaluate(() => {
      type Given = Parameters<typeof window.sample.emit>[0];
      const message = { id: 10, sender_id: 1, receiver_id: 2, message: "From my phone" };
      window.sample.emit({ type: "message", message } as Given);
    });
    await expect
      .poll(() => heard(page))
      .toMatchObject([{ event: "message", data: { id: 10, message: "From my phone" } }]);
  });

  test("a new callback with each drawing neither loses an event nor listens again", async () => {
    const page = await listen();
    await heard(page);
    for (let round = 1; round <= 5; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one drawing after the other
      await page.evaluate((timestamp) => {
        document.querySelector<HTMLElement>("button")?.click();
        window.sample.emit({ type: "heartbeat", timestamp });
      }, round);
    }
    expect((await heard(page)).map(({ data }) => data)).toEqual(
      [1, 2, 3, 4, 5].map((timestamp) => ({ timestamp })),
    );
    expect(await shown(page)).toMatchObject({ drawn: 5 });
  });

  test("says how the connection stands, and tries again on demand", async () => {
    const page = await listen();
    expect(await shown(page)).toMatchObject({ isConnected: true, error: null });
    await turn(page, "reconnecting");
    await expect
      .poll(() => shown(page))
      .toMatchObject({ isConnected: false, error: "Connection error" });
    await turn(page, "offline", "There is no network.");
    await expect.poll(() => shown(page)).toMatchObject({ error: "There is no network." });
    await turn(page, "signed-out", "The token is refused.");
    await expect
      .poll(() => shown(page))
      .toMatchObject({ isConnected: false, error: "No auth token" });
    await page.getByRole("button", { name: "Reconnect" }).click();
    expect(await page.evaluate(() => window.sample.calls)).toEqual(["reconnect"]);
  });

  test("is silent while it is switched off", async () => {
    const page = await listen();
    await page.getByRole("button", { name: "Switch" }).click();
    await heard(page);
    await page.evaluate(() => window.sample.emit({ type: "heartbeat", timestamp: 1 }));
    expect(await heard(page)).toEqual([]);
    expect(await shown(page)).toMatchObject({ isConnected: false, error: null });
    await page.getByRole("button", { name: "Switch" }).click();
    expect((await heard(page)).map(({ event }) => event)).toEqual(["connected"]);
  });
});
