import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectStatus, expectTexts, historyOf, useDemo, write } from "./demo-page.ts";

const demo = useDemo();

/** The sockets to the server that a page has open, and how many it has opened in all. */
function watchSockets(page: Page) {
  const open = new Set<object>();
  let opened = 0;
  page.on("websocket", (socket) => {
    opened += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return { open: () => open.size, opened: () => opened };
}

test("two tabs of one browser have one connection, and both show everything", async () => {
  const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
  const came = await demo.comeIn(alice, bob.id);
  const first = came.page;
  await expectStatus(first, "Connected");
  const watched = watchSockets(first);
  // It was opened before it was watched.
  await first.reload();
  await expectStatus(first, "Connected");
  expect([watched.opened(), watched.open()]).toEqual([1, 1]);

  const second = await came.context.newPage();
  const others = watchSockets(second);
  await demo.visit(second, alice, bob.id);
  await expectStatus(second, "Connected");
  await write(second, "from the second");
  await write(first, "from the first");
  await bob.post("chats/", { receiver_id: alice.id, message: "from Bob" });
  await expect.poll(async () => (await historyOf(alice, bob.id)).length).toBe(3);
  const stored = await historyOf(alice, bob.id);
  expect(stored.toSorted()).toEqual(["from Bob", "from the first", "from the second"]);
  for (const page of [first, second]) await expectTexts(page, stored);
  expect([watched.opened(), others.opened()]).toEqual([1, 0]);

  await first.close();
  await expect.poll(others.open, { timeout: 30_000 }).toBe(1);
  await bob.post("chats/", { receiver_id: alice.id, message: "afterwards" });
  await expectTexts(second, [...stored, "afterwards"]);
  expect(others.opened()).toBe(1);
});
