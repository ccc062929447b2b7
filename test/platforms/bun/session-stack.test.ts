import { describe, expect, it } from "vitest";
import { createSessionStack } from "../../../src/platforms/bun/session-stack.ts";

/** A stack of at most two, whose sessions are numbered in the order in which they were opened. */
function createRig() {
  const released: number[] = [];
  let opened = 0;
  let isAway = false;
  const stack = createSessionStack<number>({
    most: 2,
    async open() {
      if (isAway) throw new Error("away");
      return (opened += 1);
    },
    release: (session) => void released.push(session),
  });
  return {
    stack,
    released,
    setAway(value: boolean) {
      isAway = value;
    },
  };
}

describe("sessions with Postgres", () => {
  it("are used again, the last one first", async () => {
    const { stack } = createRig();
    const [first, second] = [await stack.take(), await stack.take()];
    stack.put(first);
    stack.put(second);
    expect([await stack.take(), await stack.take()]).toEqual([2, 1]);
  });

  it("are handed over in turn where all are in use", async () => {
    const { stack } = createRig();
    const first = await stack.take();
    await stack.take();
    const waiting = [stack.take(), stack.take()];
    stack.put(first);
    expect(await waiting[0]).toBe(first);
    stack.put(first);
    expect(await waiting[1]).toBe(first);
  });

  it("make room when one is lost, and those that wait unused go with it", async () => {
    const { stack, released } = createRig();
    const [first] = [await stack.take(), await stack.take()];
    const waiting = stack.take();
    stack.lose();
    expect(await waiting).toBe(3);
    stack.put(first);
    stack.lose();
    expect(released).toEqual([first]);
    expect([await stack.take(), await stack.take()]).toEqual([4, 5]);
  });

  it("that cannot be opened take nobody's place", async () => {
    const { stack, setAway } = createRig();
    await Promise.all([stack.take(), stack.take()]);
    const waiting = [stack.take(), stack.take()];
    setAway(true);
    stack.lose();
    await expect(Promise.allSettled(waiting)).resolves.toMatchObject([
      { status: "rejected" },
      { status: "rejected" },
    ]);
    setAway(false);
    expect(await stack.take()).toBe(3);
  });
});
