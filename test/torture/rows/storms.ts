import { setTimeout as pause } from "node:timers/promises";
import { gather } from "../crowd.ts";
import { p99 } from "../figures.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import { createViewer, type Viewer, type ViewerOptions } from "../viewer.ts";
import { countQuestions } from "../wire-faults.ts";

/** So many clients of half as many people, who only listen. */
async function crowdOf(
  scene: Scene,
  count: number,
  options: Partial<ViewerOptions>,
): Promise<Viewer[]> {
  const people = await scene.people(count / 2);
  const viewers = people.flatMap((person, index) => [
    scene.watch(person, "sse", options),
    scene.watch(person, index % 2 === 0 ? "chat" : "messaging", options),
  ]);
  await Promise.all(viewers.map((viewer) => viewer.whenLive()));
  return viewers;
}

async function allBack(viewers: readonly Viewer[], limitMs: number): Promise<number> {
  const started = performance.now();
  while (viewers.some((viewer) => !viewer.isLive()) && performance.now() - started < limitMs) {
    await pause(50);
  }
  return performance.now() - started;
}

/** The most connections that were opened within one second. */
function busiestSecond(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.max(
    0,
    ...sorted.map((at, index) => {
      const later = sorted.findIndex((each) => each > at + 1_000);
      return (later < 0 ? sorted.length : later) - index;
    }),
  );
}

/** Closes that are refusals of a connection. */
function refusals(viewers: readonly Viewer[]): number {
  return viewers.flatMap(({ ends }) => ends).filter((code) => code >= 400 && code < 600).length;
}

function endsOf(viewers: readonly Viewer[]): number {
  return viewers.flatMap(({ ends }) => ends).length;
}

const patient = { silenceMs: 60_000, pingMs: 20_000 };

/** Many at once. */
export const stormRows: Row[] = [
  {
    id: "T4",
    fault: "a deployment: every object is aborted at once under 1,000 clients",
    how: "how many come within a second is up to the clients: first they spread themselves over 14 s, then over half a second, as Parley's own do",
    needs: "hub-faults",
    async run(scene) {
      const { world, dice } = scene;
      let [firstMs, lastMs] = [1_000, 15_000];
      const pauseMs = (): number => firstMs + dice.random() * (lastMs - firstMs);
      const viewers = await crowdOf(scene, 1_000, { ...patient, pauseMs });
      let asked = 0;
      world.postgres.distort(countQuestions(() => (asked += 1)));
      await scene.heal();
      scene.expect(asked > 0, "nothing was counted");
      asked = 0;
      await world.order({ op: "abort-all" });
      await pause(500);
      const seconds = (await allBack(viewers, 60_000)) / 1_000;
      scene.measure("questions to Postgres for all that", asked, { atMost: 0 });
      world.postgres.distort(null);
      const opened = viewers.flatMap(({ sights, connects }) => {
        const ready = sights.findLast(({ kind }) => kind === "ready");
        return ready && connects.length > 1 ? [ready.at - (connects.at(-1) ?? 0)] : [];
      });
      scene.measure("clients that were cut off", opened.length, { atLeast: viewers.length });
      scene.measure("all back after", seconds, { atMost: 30, unit: "s" });
      scene.measure("most connections within a second", busiestSecond(opened), { atMost: 120 });
      [firstMs, lastMs] = [0, 500];
      await world.order({ op: "abort-all" });
      await pause(500);
      const crowded = (await allBack(viewers, 60_000)) / 1_000;
      scene.measure("all back at once after", crowded, { atMost: 30, unit: "s" });
      scene.measure("refused", refusals(viewers), { atMost: 0 });
      const resets = viewers.flatMap(({ sights }) => sights).filter(({ kind }) => kind === "reset");
      scene.measure("clients that had to read again", resets.length, { atMost: 0 });
      await scene.heal();
    },
  },
  {
    id: "T21",
    fault:
      "200 clients with two streams each come back every second, and the server is down for 6 s",
    how: "a fifth of the times: every second instead of five, 6 s instead of 30; one of them has 21 streams",
    needs: "hub-insight",
    async run(scene) {
      const { world } = scene;
      // As the old hook does it: one stream for each component, and none of them knows of the others.
      const fixed = { ...patient, pauseMs: () => 1_000 };
      const crowd = await gather(scene, { users: 20, options: fixed });
      const idle = await scene.people(180);
      const [hoarder, ...rest] = crowd.viewers.map(({ person }) => person);
      if (!hoarder) throw new Error("nobody is there");
      const tabs = [...rest, ...idle, ...idle].map((person) => scene.watch(person, "sse", fixed));
      const many = Array.from({ length: 19 }, () => scene.watch(hoarder, "sse", fixed));
      await Promise.all([...tabs, ...many].map((viewer) => viewer.whenLive()));
      const url = `http://127.0.0.1:${world.server.port}`;
      const surplus = createViewer(hoarder, { url, surface: "sse", ...fixed });
      await crowd.load({ seconds: 2, perSecond: 20 });
      scene.measure("streams pushed out by a newer one", endsOf(many), { atLeast: 1 });
      await world.server.killHard();
      const running = crowd.load({ seconds: 3, perSecond: 20, patienceMs: 120_000 });
      await pause(6_000);
      await world.server.restart();
      const all = [...tabs, ...crowd.viewers.slice(1)];
      const seconds = (await allBack(all, 60_000)) / 1_000;
      await running;
      scene.measure("all back after", seconds, { atMost: 15, unit: "s" });
      const open = await world.order<number[]>({ op: "sockets", ids: crowd.ids });
      scene.measure("most sockets of one person", Math.max(...open), { atMost: 20 });
      surplus.stop();
      await Promise.all([...many, ...crowd.viewers].map((viewer) => viewer.whenLive()));
      await scene.heal();
    },
  },
  {
    id: "T29",
    fault: "1,000 clients lose their connections at once and come back at random",
    async run(scene) {
      const { dice } = scene;
      const options = { ...patient, pauseMs: () => 500 + dice.random() * 29_500 };
      const viewers = await crowdOf(scene, 1_000, options);
      const before = viewers.map(({ connects }) => connects.length);
      for (const viewer of viewers) viewer.drop();
      const seconds = (await allBack(viewers, 60_000)) / 1_000;
      const connects = viewers.flatMap(({ connects: all }, index) => all.slice(before[index]));
      scene.measure("connected again", (connects.length / viewers.length) * 100, {
        atLeast: 99,
        unit: "%",
      });
      scene.measure("all back after", seconds, { atMost: 35, unit: "s" });
      scene.measure("refused", refusals(viewers), { atMost: 0 });
      scene.measure("p99 of a connect", p99(connects) / 1_000, { atMost: 4, unit: "s" });
      await scene.heal();
    },
  },
];
