import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../../support/people.ts";
import { inParallel } from "../../support/send-load.ts";
import { gather } from "../crowd.ts";
import { p99 } from "../figures.ts";
import { openLink, type Surface } from "../link.ts";
import { attemptSend } from "../load.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import { createScreen } from "../screen.ts";
import { isSight } from "../sight.ts";
import type { Viewer } from "../viewer.ts";

interface Replay {
  reset: boolean;
  ids: string[];
  /** A close code, a refusal, or null when `ready` came. */
  failed: number | null;
}

/** What one connection gets from this place on, until `ready`. */
function replay(scene: Scene, person: ChatPerson, at: { surface: Surface; from: string }) {
  const { promise, resolve } = Promise.withResolvers<Replay>();
  const got: Replay = { reset: false, ids: [], failed: null };
  const link = openLink({
    url: `http://127.0.0.1:${scene.world.server.port}`,
    person,
    surface: at.surface,
    lastEventId: at.from,
    onFrame(name, _data, id) {
      if (name === "reset") got.reset = true;
      if (name === "ready") return resolve(got);
      if (id !== null && name !== "reset") got.ids.push(id);
      if (id !== null) link.send({ type: "ack", event_id: id });
    },
    onEnd: (failed) => resolve({ ...got, failed }),
  });
  return promise.finally(() => link.close());
}

/** Receipts come a little after what they are about. */
async function waitForRest({ sights }: Viewer): Promise<void> {
  for (let seen = -1; seen !== sights.length;) {
    seen = sights.length;
    await pause(2_000);
  }
}

/** So many messages from either one of the pair. */
async function fill(scene: Scene, [one, other]: readonly [Viewer, Viewer], count: number) {
  const name = `${scene.name}-fill-${scene.dice.roll(1e9)}`;
  const plans = Array.from({ length: count }, (_, index) => {
    const [from, to] = index % 3 === 0 ? [other, one] : [one, other];
    const key = `${name}-${index}`;
    return { from, to: to.person, key, text: key, bySocket: false };
  });
  const answers = await inParallel(8, plans, (plan) => attemptSend(plan, 0));
  scene.keep(answers.flatMap(({ answer }) => answer ?? []));
  scene.expect(
    answers.every(({ answer }) => answer !== null),
    "a send failed",
  );
}

const surfaces: Surface[] = ["sse", "chat", "messaging"];
const garbage = ["?", "x-y", "-1", "abc", "999", "a".repeat(60), "0-0", "ä-1", "'; drop table"];

/** The clock skips, so silence tells nothing. */
const restless = { silenceMs: 30_000, pingMs: 10_000 };

/** Clients come back, from wherever they were. */
export const resumeRows: Row[] = [
  {
    id: "T27",
    fault: "clients resume from every place of the log, and from places that never were",
    needs: "server-clock",
    async run(scene) {
      const crowd = await gather(scene, { users: 2 });
      const [pair] = crowd.pairs;
      const reader = pair?.[1];
      if (!pair || !reader) throw new Error("nobody is there");
      await fill(scene, pair, 620);
      await scene.heal();
      await waitForRest(reader);
      const all = reader.sights.filter(({ eventId, kind }) => eventId !== null && kind !== "ready");
      const ids = all.map(({ eventId }) => eventId ?? "");
      const head = ids.length;
      const epoch = ids[0]?.split("-")[0] ?? "";
      const places = [
        0,
        1,
        ...Array.from({ length: 40 }, () => scene.dice.roll(head)),
        head - 1,
        head,
      ];
      const near = Array.from({ length: 140 }, (_, index) => head - 590 + index);
      const chosen = [...new Set([...places, ...near])].filter((place) => place >= 0);
      let [wrong, resumed, failed] = [0, 0, 0];
      let edge = Infinity;
      let skippedMs = 0;
      // A user opens sixty connections at once, and one a second after that.
      const refill = () => scene.world.fault({ clockMs: (skippedMs += 60_000) });
      await inParallel(6, chosen, async (place, index) => {
        if (index % 30 === 29) await refill();
        const surface = surfaces[index % 3] ?? "sse";
        const got = await replay(scene, reader.person, { surface, from: `${epoch}-${place}` });
        if (got.failed !== null) failed += 1;
        else if (got.reset) edge = Math.min(edge, -place);
        else {
          resumed += 1;
          const due = ids.slice(place);
          if (JSON.stringify(got.ids) !== JSON.stringify(due)) wrong += 1;
        }
        // The newest 512 are always there.
        if (got.reset && got.ids.length > 0) wrong += 1;
        if (got.reset && place > head - 512) wrong += 1;
      });
      scene.measure("places resumed exactly", resumed, { atLeast: 50 });
      scene.measure("oldest place that answers reset, events behind", head + edge, {
        atLeast: 512,
      });
      scene.measure("wrong replays", wrong, { atMost: 0 });
      await refill();
      const nowhere = [`${epoch}-${head + 50}`, `${epoch}-99999999`, "otherepoch-3", ...garbage];
      let silent = 0;
      for (const from of nowhere) {
        await refill();
        for (const surface of surfaces) {
          if (surface === "sse" && /[^ -~]/.test(from)) continue;
          const got = await replay(scene, reader.person, { surface, from });
          if (got.failed !== null) failed += 1;
          else if (!got.reset || got.ids.length > 0) silent += 1;
        }
      }
      scene.measure("unknown places that were not answered with reset", silent, { atMost: 0 });
      scene.measure("connections that failed", failed, { atMost: 0 });
    },
  },
  {
    id: "T28",
    fault: "messages land between replay and live",
    how: "eight people with six clients each, of which five break off again and again while messages pour in",
    needs: "server-clock",
    async run(scene) {
      const { world } = scene;
      const options = { ...restless, pauseMs: () => 20 };
      const crowd = await gather(scene, { users: 8, options: restless });
      const breaking = crowd.viewers.flatMap(({ person }) =>
        surfaces.flatMap((surface) => [
          scene.watch(person, surface, options),
          ...(surface === "sse" ? [] : [scene.watch(person, surface, options)]),
        ]),
      );
      const until = performance.now() + 75_000;
      let tries = 0;
      const isEnough = (): boolean => tries >= 10_000 || performance.now() > until;
      // A user opens sixty connections at once, and one a second after that.
      const perMinute = crowd.viewers.length * 40;
      let skippedMs = 0;
      const breakOff = async (viewer: Viewer): Promise<void> => {
        while (!isEnough()) {
          await viewer.whenLive();
          await pause(scene.dice.roll(20));
          viewer.drop();
          tries += 1;
          if (tries % perMinute === 0) await world.fault({ clockMs: (skippedMs += 60_000) });
        }
      };
      const pourIn = async (): Promise<void> => {
        while (!isEnough()) await crowd.load({ perSecond: 40, seconds: 2, readsPerSecond: 0 });
      };
      await Promise.all([pourIn(), ...breaking.map(breakOff)]);
      await scene.heal();
      scene.measure("resumptions in the middle of a load", tries, { atLeast: 10_000 });
    },
  },
  {
    id: "T30",
    fault: "every stream is cut again and again",
    how: "after 0.5 to 1.5 s instead of 5 to 15, for 12 s instead of two minutes",
    async run(scene) {
      const crowd = await gather(scene, { users: 24, options: { pauseMs: () => 50 } });
      const running = crowd.load({ perSecond: 40, seconds: 12 });
      const until = performance.now() + 12_000;
      await Promise.all([
        running,
        ...crowd.viewers.map(async (viewer) => {
          while (performance.now() < until) {
            await pause(500 + scene.dice.roll(1_000));
            viewer.drop();
            await viewer.whenLive();
          }
        }),
      ]);
      await scene.heal();
      const gaps = crowd.viewers.flatMap((viewer) => viewer.gaps);
      scene.measure("cuts", gaps.length, { atLeast: 100 });
      scene.measure("p99 of the gaps", p99(gaps) / 1_000, { atMost: 2, unit: "s" });
    },
  },
  {
    id: "T31",
    fault: "two tabs and a phone, of which one is away for more than the log holds",
    async run(scene) {
      const crowd = await gather(scene, { users: 2 });
      const [pair] = crowd.pairs;
      if (!pair) throw new Error("nobody is there");
      const [writer, first] = pair;
      const tab = scene.watch(first.person, "sse");
      const phone = scene.watch(first.person, "messaging");
      await Promise.all([tab.whenLive(), phone.whenLive()]);
      await crowd.load({ perSecond: 20, seconds: 1, readsPerSecond: 0 });
      phone.leave();
      await fill(scene, pair, 620);
      phone.comeBack();
      await phone.whenLive();
      await scene.heal();
      scene.measure("times that the phone was told to read again", countResets(phone), {
        atLeast: 1,
        atMost: 1,
      });
      const lists = [first, tab, phone, writer].map(({ sights }) =>
        [...createScreen(sights).shown.keys()].toSorted((a, b) => a - b).join(),
      );
      scene.measure("different lists", new Set(lists).size, { atMost: 1 });
    },
  },
];

function countResets({ sights }: { sights: Parameters<typeof createScreen>[0] }): number {
  return sights.filter(isSight("reset")).length;
}
