import { setTimeout as pause } from "node:timers/promises";
import { gather } from "../crowd.ts";
import { p99, slowest } from "../figures.ts";
import type { Row } from "../row.ts";
import { createScreen } from "../screen.ts";
import { isSight } from "../sight.ts";

const well = { users: null, fails: 0, failsAfter: 0, doubles: 0, delayMs: 0, overloaded: false };

/** The calls to hubs get lost, come twice or late, and what hubs keep gets lost. */
export const hubRows: Row[] = [
  {
    id: "T18",
    fault: "doorbells fail, 30 % of all, and all of some hubs that are overloaded",
    isShort: true,
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      await world.fault({ doorbell: { ...well, fails: 0.2, failsAfter: 0.1 } });
      const load = await crowd.load({ seconds: 5 });
      await world.fault({ doorbell: well });
      await scene.heal();
      const answers = load.attempts.map(({ ms }) => ms);
      scene.measure("slowest answer", slowest(answers), { atMost: 2_500, unit: "ms" });

      const [from, to] = crowd.pairs[0] ?? [];
      if (!from || !to) throw new Error("nobody is there");
      const users = [to.person.id];
      await world.fault({ doorbell: { ...well, users, fails: 1, overloaded: true } });
      const write = async (text: string): Promise<number> => {
        const body = { receiver_id: to.person.id, message: text, client_id: text };
        return (await from.person.post<{ id: number }>("chats/", body)).id;
      };
      const lost = await Promise.all(["t18-a", "t18-b", "t18-c"].map(write));
      // The Worker's own tries go on for as long as seventeen seconds; a new object ends them for this hub.
      await world.order({ op: "evict", ids: users, webSockets: "hibernate" });
      await world.fault({ doorbell: well });
      const shown = (): boolean => lost.every((id) => createScreen(to.sights).shown.has(id));
      const started = performance.now();
      await write("t18-next");
      while (!shown() && performance.now() - started < 5_000) await pause(10);
      scene.measure("complete after the next event", performance.now() - started, {
        atMost: 1_000,
        unit: "ms",
      });
      await scene.heal();
    },
  },
  {
    id: "T24",
    fault: "doorbells come twice and overtake each other",
    isShort: true,
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      await world.fault({ doorbell: { ...well, doubles: 0.5, delayMs: 400 } });
      const load = await crowd.load();
      await world.fault({ doorbell: well });
      await scene.heal();
      const delays = crowd.viewers.flatMap((viewer) => {
        const shown = new Map(
          viewer.sights.filter(isSight("message")).map(({ message, at }) => [message.id, at]),
        );
        return load.acknowledged.flatMap(({ id, receiver, at }) => {
          const seenAt = receiver === viewer.person.id ? shown.get(id) : undefined;
          return seenAt === undefined ? [] : [seenAt - at];
        });
      });
      scene.measure("p99 from the acknowledgement to the receiver", p99(delays), {
        atMost: 500,
        unit: "ms",
      });
    },
  },
  {
    id: "T32",
    fault: "hubs lose their log, what they know of conversations, or everything, or remember less",
    isShort: true,
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 32 });
      await crowd.load({ seconds: 2 });
      await scene.heal();
      const troubles = [
        { kind: "wipe", what: "all" },
        { kind: "wipe", what: "conversations" },
        { kind: "spoil", column: "memory" },
        { kind: "wipe", what: "events" },
      ];
      for (const [index, trouble] of troubles.entries()) {
        const ids = crowd.ids.filter((_, place) => place % 4 === index);
        await world.order({ op: "suffer", ids, trouble });
      }
      await crowd.load({ seconds: 3 });
      await scene.heal();
      const wiped = crowd.viewers.filter((_, place) => place % 4 === 0);
      const resets = wiped.filter(({ sights }) => sights.some(isSight("reset")));
      scene.measure("clients of lost hubs that were told to read again", resets.length, {
        atLeast: wiped.length,
      });
      const epochs = wiped.map(
        ({ sights }) => new Set(sights.flatMap(({ eventId }) => eventId?.split("-")[0] ?? [])).size,
      );
      scene.measure("epochs that a client of a lost hub saw, at least", Math.min(...epochs), {
        atLeast: 2,
      });
    },
  },
  {
    id: "T33",
    fault: "a hub's alarm throws three times",
    how: "the absence after the grace is what the alarm is for; workerd tries after 2, 4 and 8 s",
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 8 });
      await crowd.load({ seconds: 1, readsPerSecond: 0 });
      const leaving = crowd.pairs.map(([one]) => one);
      const staying = crowd.pairs.map(([, other]) => other);
      await world.fault({
        alarms: Object.fromEntries(leaving.map(({ person }) => [person.id, 3])),
      });
      for (const viewer of leaving) viewer.leave();
      const left = performance.now();
      const isTold = (viewer: (typeof staying)[number], absent: number): boolean =>
        viewer.sights
          .filter(isSight("signal"))
          .some(
            ({ name, data }) =>
              name === "presence" && data["user_id"] === absent && data["is_online"] === false,
          );
      const waitFor = async (): Promise<void> => {
        const told = () => crowd.pairs.every(([one, other]) => isTold(other, one.person.id));
        while (!told() && performance.now() - left < 60_000) await pause(100);
      };
      await waitFor();
      scene.measure("absence told after", (performance.now() - left) / 1_000, {
        atMost: 40,
        unit: "s",
      });
      const said = staying.map(
        (viewer) =>
          viewer.sights
            .filter(isSight("signal"))
            .filter(({ name, data }) => name === "presence" && data["is_online"] === false).length,
      );
      scene.measure("times that an absence was told, at most", slowest(said), { atMost: 1 });
      for (const viewer of leaving) viewer.comeBack();
      await scene.heal();
    },
  },
];
