import { afterEach, describe, expect, test, vi } from "vitest";
import { createTabs } from "../../src/client/create-tabs.ts";
import type { Tabs } from "../../src/client/tabs.ts";
import { createManualEnvironment } from "./support/manual-environment.ts";

const open: Tabs[] = [];
let group = 0;

afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
  group += 1;
});

/** With the locks and channels that this very runtime has. */
function openTab(): Tabs {
  const environment = createManualEnvironment({
    locks: navigator.locks,
    openChannel: (name) => new BroadcastChannel(name),
  });
  const tabs = createTabs({ name: `tabs ${group}`, environment });
  open.push(tabs);
  return tabs;
}

function leaders(): number[] {
  return open.flatMap(({ leads }, index) => (leads.get() ? [index] : []));
}

describe("tabs", () => {
  test("have one leader, and when it goes the next one leads", async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()];
    await vi.waitFor(() => expect(leaders()).toEqual([0]));
    const told = vi.fn<() => void>();
    second.leads.subscribe(told);
    second.close();
    first.close();
    await vi.waitFor(() => expect(leaders()).toEqual([2]));
    expect(told).not.toHaveBeenCalled();
    third.close();
    third.post("a", "nobody hears it");
    expect(leaders()).toEqual([]);
  });

  test("hear each other by topic and in order, but never themselves", async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()];
    const heard: unknown[] = [];
    first.on("a", () => heard.push("own"));
    second.on("a", (data) => heard.push(data));
    const stop = third.on("a", () => heard.push("stopped"));
    stop();
    third.on("b", (data) => heard.push(data));
    first.post("a", { n: 1 });
    first.post("c", "nobody");
    first.post("a", { n: 2 });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    first.post("b", 3);
    await vi.waitFor(() => expect(heard).toEqual([{ n: 1 }, { n: 2 }, 3]));
  });

  test("take the lead from one that sleeps, when someone looks at them", async () => {
    let isAsleep = false;
    const sleepy = createManualEnvironment({
      locks: navigator.locks,
      openChannel(name) {
        const channel = new BroadcastChannel(name);
        channel.addEventListener("message", (event) => {
          if (isAsleep) event.stopImmediatePropagation();
        });
        return channel;
      },
    });
    const first = createTabs({ name: `tabs ${group}`, environment: sleepy });
    open.push(first);
    await vi.waitFor(() => expect(leaders()).toEqual([0]));
    const environment = createManualEnvironment({
      locks: navigator.locks,
      openChannel: (name) => new BroadcastChannel(name),
    });
    open.push(createTabs({ name: `tabs ${group}`, environment }));
    const answered = new Promise((resolve) => open[1]!.on("tabs.pong", resolve));
    await answered;
    await environment.advance(19_000);
    expect(leaders()).toEqual([0]);

    isAsleep = true;
    environment.setVisible(false);
    await environment.advance(60_000);
    expect(leaders()).toEqual([0]);
    environment.setVisible(true);
    await environment.advance(2_999);
    expect(leaders()).toEqual([0]);
    await environment.advance(1);
    await vi.waitFor(() => expect(leaders()).toEqual([1]));

    // When it wakes, it waits for its turn again.
    isAsleep = false;
    open[1]!.close();
    await vi.waitFor(() => expect(leaders()).toEqual([0]));
  });

  test.each([
    ["locks", { openChannel: (name: string) => new BroadcastChannel(name) }],
    ["channels", { locks: navigator.locks }],
  ])("without %s each lead themselves", (_what, given) => {
    const tabs = [1, 2].map(() =>
      createTabs({ name: "alone", environment: createManualEnvironment(given) }),
    );
    expect(tabs.map(({ leads }) => leads.get())).toEqual([true, true]);
    for (const each of tabs) {
      each.post("a", 1);
      each.close();
    }
  });

  test("that may not take locks lead themselves", async () => {
    const refusing = {
      request: () => Promise.reject(new DOMException("", "SecurityError")),
    } as unknown as LockManager;
    const environment = createManualEnvironment({
      locks: refusing,
      openChannel: (name) => new BroadcastChannel(name),
    });
    const tabs = createTabs({ name: "refused", environment });
    await vi.waitFor(() => expect(tabs.leads.get()).toBe(true));
    tabs.close();
  });
});
