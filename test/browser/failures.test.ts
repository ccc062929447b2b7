import { expect, test } from "vitest";
import { expectTexts, historyOf, marksOn, message, useDemo, write } from "./demo-page.ts";

const demo = useDemo();

test("a recipient who does not exist is said so, and gets it once they do", async () => {
  const alice = await demo.invent("Alice");
  const strangerId = 4711;
  const came = await demo.comeIn(alice, strangerId);
  came.expectTrouble(/404/);
  const { page } = came;
  await write(page, "Are you new here?");
  await write(page, "Never mind");
  const failed = message(page, "Are you new here?");
  await failed.getByRole("alert").waitFor();
  expect(await failed.getByRole("alert").innerText()).not.toBe("");
  await message(page, "Never mind").getByRole("button", { name: "Delete" }).click();
  await expectTexts(page, ["Are you new here?"]);

  await failed.getByRole("button", { name: "Try again" }).click();
  await failed.getByRole("alert").waitFor();
  expect(await marksOn(page)).toEqual(["Not sent"]);

  const stranger = await demo.invent("Newcomer", strangerId);
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => marksOn(page)).toEqual(["Sent"]);
  await expectTexts(page, ["Are you new here?"]);
  expect(await historyOf(stranger, alice.id)).toEqual(["Are you new here?"]);
});
