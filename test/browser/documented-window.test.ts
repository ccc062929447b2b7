import { describe, expect, test } from "vitest";
import { expectStatus, expectTexts, message, textsOn, useDemo, write } from "./demo-page.ts";

const demo = useDemo({ context: { viewport: { width: 1400, height: 1000 } } });

describe("the window of a chat", () => {
  test("says that it loads, and then shows the history of whoever was chosen", async () => {
    const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
    const carol = await demo.invent("Carol");
    for (const text of ["one", "two"])
      await bob.post("chats/", { receiver_id: alice.id, message: text });
    await carol.post("chats/", { receiver_id: alice.id, message: "three" });
    const { page } = await demo.comeIn(alice);
    const answers = Promise.withResolvers<void>();
    await page.route(/chats\/conversation\//, async (route) => {
      await answers.promise;
      return route.continue();
    });
    await page.getByRole("option", { name: /Bob/ }).click();
    const loading = page.locator(".chat-window .messages-container .loading");
    await loading.waitFor();
    expect(await loading.textContent()).toContain("Loading messages...");
    expect(await textsOn(page)).toEqual([]);
    answers.resolve();
    await expectTexts(page, ["one", "two"]);
    expect(await loading.count()).toBe(0);
    await page.getByRole("option", { name: /Carol/ }).click();
    await expectTexts(page, ["three"]);
  });

  test("shows nothing of other conversations", async () => {
    const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
    const carol = await demo.invent("Carol");
    const { page } = await demo.comeIn(alice, bob.id);
    await expectStatus(page, "Connected");
    await carol.post("chats/", { receiver_id: alice.id, message: "elsewhere" });
    await page.getByRole("option", { name: /Carol/ }).getByText("elsewhere").waitFor();
    await carol.post("chats/typing/", { receiver_id: alice.id, is_typing: true });
    await page.getByRole("option", { name: /Carol.*typing/ }).waitFor();
    expect(await page.locator(".chat-window .typing-indicator").count()).toBe(0);
    await bob.post("chats/", { receiver_id: alice.id, message: "here" });
    await expectTexts(page, ["here"]);
    const unread = await alice.get<{ conversations: { other_user_id: number }[] }>(
      "chats/unread-count/",
    );
    expect(unread.conversations.map(({ other_user_id }) => other_user_id)).toContain(carol.id);
  });

  test("has who it is with above, and whether they are there", async () => {
    const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob Baker")];
    await bob.post("chats/", { receiver_id: alice.id, message: "Hello" });
    const { page } = await demo.comeIn(alice, bob.id);
    const header = page.locator(".chat-window .chat-header .user-info");
    await header.getByText("Bob Baker").waitFor();
    await header.locator(".status.offline").waitFor();
    // Who has no picture is drawn by their initials.
    expect(await header.textContent()).toContain("BB");
    const other = await demo.comeIn(bob);
    await header.locator(".status.online").getByText("Online").waitFor();
    await other.page.close();
    await header.locator(".status.offline").waitFor({ timeout: 40_000 });
    expect(await header.locator(".status.online").count()).toBe(0);
  });

  test("has a field that says what it is for, and sends what is more than blanks, trimmed", async () => {
    const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
    const { page } = await demo.comeIn(alice, bob.id);
    const field = page.locator(".message-input-form .message-input");
    const send = page.locator(".message-input-form .send-button");
    expect(await field.getAttribute("placeholder")).toBe("Type a message...");
    expect(await send.textContent()).toContain("Send");
    await write(page, "   ");
    await field.fill("  trimmed  ");
    await send.click();
    await message(page, "trimmed").waitFor();
    expect(await textsOn(page)).toEqual(["trimmed"]);
    expect(await field.inputValue()).toBe("");
  });
});
