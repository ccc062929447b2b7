import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { settle, useConversation } from "./conversation-page.ts";

const { open } = useConversation();

function sent(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.stage.chat.calls
      .filter((call) => call.includes(" send "))
      .map((call) => call.replace(/^.* send \S+ /, "")),
  );
}

function typed(page: Page): Promise<string> {
  return page.getByRole("textbox", { name: "Type a message..." }).inputValue();
}

/** Files as a drag or a clipboard brings them. */
function transfer(page: Page, files: { name: string; type: string; size: number }[], text = "") {
  return page.evaluateHandle(
    ({ files, text }) => {
      const transfer = new DataTransfer();
      for (const { name, type, size } of files) {
        transfer.items.add(new File([new Uint8Array(size)], name, { type }));
      }
      if (text) transfer.setData("text/plain", text);
      return transfer;
    },
    { files, text },
  );
}

async function paste(page: Page, data: Awaited<ReturnType<typeof transfer>>): Promise<void> {
  await page.locator(".message-input").evaluate((input, clipboardData) => {
    const options = { clipboardData, bubbles: true, cancelable: true };
    input.dispatchEvent(new ClipboardEvent("paste", options));
  }, data);
}

const picture = { name: "sea.png", type: "image/png", size: 70 };

describe("the text field", () => {
  test("sends on Enter, begins a line on Shift+Enter, and keeps the focus", async () => {
    const page = await open("focus");
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two ");
    await page.keyboard.press("Enter");
    expect(await sent(page)).toEqual(["one\ntwo"]);
    await page.keyboard.type("three");
    expect(await typed(page)).toBe("three");
    await page.getByRole("button", { name: "Send" }).click();
    await page.keyboard.press("Enter");
    expect(await sent(page)).toEqual(["one\ntwo", "three"]);
  });

  test("leaves Enter to an input method that is choosing characters", async () => {
    const page = await open("focus");
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", {
      text: "にほん",
      selectionStart: 3,
      selectionEnd: 3,
    });
    const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 } as const;
    await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
    await page.locator(".message-input").evaluate((input) => {
      const options = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
      input.dispatchEvent(new KeyboardEvent("keydown", options));
    });
    expect(await sent(page)).toEqual([]);
    await client.send("Input.insertText", { text: "日本" });
    expect(await typed(page)).toBe("日本");
    await page.keyboard.press("Enter");
    expect(await sent(page)).toEqual(["日本"]);
  });

  test("tells that someone is typing, and that they stopped", async () => {
    const page = await open("focus");
    await page.keyboard.type("ab");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    const told = await page.evaluate(() =>
      window.stage.chat.calls.filter((call) => /typing$/i.test(call)).map((call) => call.slice(9)),
    );
    expect(told.slice(-4)).toEqual(["typing", "typing", "typing", "stopTyping"]);
  });

  test("grows with its text up to a height, and shrinks again", async () => {
    const page = await open("focus");
    const height = async () => (await page.locator(".parley-composer").boundingBox())?.height ?? 0;
    const one = await height();
    await page.locator(".message-input").fill("1\n2\n3");
    expect(await height()).toBeGreaterThan(one + 40);
    await page.locator(".message-input").fill("line\n".repeat(100));
    expect(await height()).toBeLessThan(180);
    await page.locator(".message-input").fill("");
    expect(await height()).toBe(one);
  });

  test("counts down near the end, and sends nothing that is too long", async () => {
    const page = await open("");
    await page.locator(".message-input").fill("x".repeat(3_700));
    expect(await page.locator(".parley-counter").count()).toBe(0);
    await page.locator(".message-input").fill("x".repeat(3_995));
    expect(await page.getByText("5 characters left").isVisible()).toBe(true);
    await page.locator(".message-input").fill("x".repeat(4_001));
    await page.keyboard.press("Enter");
    expect(await sent(page)).toEqual([]);
    expect(await page.getByText("A message can have 4000 characters at most").isVisible()).toBe(
      true,
    );
  });

  test("keeps what was begun for each person", async () => {
    const page = await open("focus");
    await page.keyboard.type("for Bob");
    const show = (id: number, name: string) =>
      page.evaluate(
        ({ id, name }) => {
          const bob = window.stage.chat.user(2).get();
          if (bob) window.stage.show({ ...bob, id, full_name: name });
        },
        { id, name },
      );
    await show(3, "Carol Ito");
    await page.getByRole("heading", { name: "Carol Ito" }).waitFor();
    expect(await typed(page)).toBe("");
    await show(2, "Bob Okafor");
    await page.getByRole("heading", { name: "Bob Okafor" }).waitFor();
    expect(await typed(page)).toBe("for Bob");
  });
});

describe("files", () => {
  test("come by pasting, and go with the text", async () => {
    const page = await open("focus");
    await paste(page, await transfer(page, [picture]));
    await page.getByText("sea.png").waitFor();
    await page.keyboard.type("Look");
    await page.keyboard.press("Enter");
    expect(await sent(page)).toEqual(["Look with sea.png"]);
    expect(await page.locator(".parley-draft-file").count()).toBe(0);
  });

  test("are left out where text was pasted with a picture of itself", async () => {
    const page = await open("focus");
    await paste(page, await transfer(page, [picture], "a table"));
    await settle(page);
    expect(await page.locator(".parley-draft-file").count()).toBe(0);
  });

  test("come by dropping them anywhere on the conversation", async () => {
    const page = await open("count=30");
    const files = [picture, { name: "list.pdf", type: "application/pdf", size: 2_000 }];
    const dataTransfer = await transfer(page, files);
    await page.dispatchEvent(".chat-header", "dragenter", { dataTransfer });
    expect(await page.getByText("Drop files to attach them").isVisible()).toBe(true);
    await page.dispatchEvent(".chat-header", "dragleave", { dataTransfer });
    expect(await page.getByText("Drop files to attach them").count()).toBe(0);
    await page.dispatchEvent(".messages-container", "dragenter", { dataTransfer });
    await page.dispatchEvent(".messages-container", "drop", { dataTransfer });
    expect(await page.getByText("Drop files to attach them").count()).toBe(0);
    await page.getByRole("button", { name: "Remove sea.png" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    expect(await sent(page)).toEqual([" with list.pdf"]);
  });

  test("that are too large are refused in words", async () => {
    const page = await open("");
    const large = { name: "film.mp4", type: "video/mp4", size: 25 * 1024 * 1024 + 1 };
    await paste(page, await transfer(page, [large]));
    await page
      .getByRole("alert")
      .filter({ hasText: "film.mp4: Files can have 25 MB at most" })
      .waitFor();
    expect(await page.locator(".parley-draft-file").count()).toBe(0);
  });
});

describe("emoji", () => {
  test("are put where the cursor stands", async () => {
    const page = await open("focus");
    await page.keyboard.type("ab");
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("button", { name: /^thumbs up/ }).click();
    await page.getByRole("button", { name: /^thumbs down/ }).click();
    expect(await typed(page)).toBe("a👍👎b");
  });

  test("are found and picked by the keyboard alone", async () => {
    const page = await open("focus");
    await page.getByRole("button", { name: "Emoji" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("searchbox", { name: "Search emoji" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await typed(page)).toBe("🙃");
    await page.getByRole("searchbox", { name: "Search emoji" }).fill("pizza");
    await page.keyboard.press("Enter");
    expect(await typed(page)).toBe("🙃🍕");
    await page.getByRole("searchbox", { name: "Search emoji" }).fill("no such thing");
    await page.getByText("No emoji found").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("!");
    expect(await typed(page)).toBe("🙃🍕!");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await sent(page)).toEqual([]);
  });

  test("go away by a click elsewhere", async () => {
    const page = await open("count=10");
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("dialog", { name: "Emoji" }).waitFor();
    await page.locator(".chat-header").click();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});
