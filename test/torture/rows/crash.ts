import { setTimeout as pause } from "node:timers/promises";
import { gather } from "../crowd.ts";
import { slowest } from "../figures.ts";
import type { Row } from "../row.ts";
import { holdCommits } from "../wire-faults.ts";

/** The process dies, or the objects in it do. */
export const crashRows: Row[] = [
  {
    id: "T1",
    fault: "the server is killed under load, five times",
    isShort: true,
    async run(scene) {
      const { world, isShort } = scene;
      const crowd = await gather(scene);
      const kills = isShort ? 1 : 5;
      const load = crowd.load({ seconds: kills * 7, perSecond: 30, patienceMs: 120_000 });
      const back: number[] = [];
      for (let kill = 0; kill < kills; kill += 1) {
        await pause(1_000 + scene.dice.roll(1_500));
        await world.crash();
        const restarted = performance.now();
        await Promise.all(crowd.viewers.map((viewer) => viewer.whenLive()));
        back.push(performance.now() - restarted);
      }
      await load;
      await scene.heal();
      scene.measure("all clients live after a restart", slowest(back) / 1_000, {
        atMost: 8,
        unit: "s",
      });
    },
  },
  {
    id: "T2",
    fault: "every hub is put to sleep every two seconds",
    how: "workerd's own evict(), which hibernates the sockets of a hub",
    isShort: true,
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      const load = crowd.load({ seconds: 8 });
      let evicted = 0;
      for (let round = 0; round < 4; round += 1) {
        await pause(2_000);
        const order = { op: "evict", ids: crowd.ids, webSockets: "hibernate" };
        evicted += await world.order<number>(order);
      }
      await load;
      await scene.heal();
      scene.measure("hubs put to sleep", evicted, { atLeast: 40 });
      const ends = crowd.viewers.flatMap((viewer) => viewer.ends);
      scene.measure("connections that ended", ends.length, { atMost: 0 });
    },
  },
  {
    id: "T3",
    fault: "every hub loses its sockets, and then dies",
    how: "staleness is 5 s here instead of 75; who is shown as present is asked every 250 ms",
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      let pauseMs = 200;
      const crowd = await gather(scene, { options: { pauseMs: () => pauseMs } });
      const load = crowd.load({ seconds: 6 });
      await pause(2_000);
      await world.order({ op: "evict", ids: crowd.ids, webSockets: "close" });
      await pause(2_000);
      await world.order({ op: "suffer", ids: crowd.ids, trouble: { kind: "abort" } });
      await load;
      await scene.heal();
      const gaps = crowd.viewers.flatMap((viewer) => viewer.gaps);
      scene.measure("interruptions", gaps.length, { atLeast: crowd.viewers.length });
      scene.measure("longest interruption", slowest(gaps) / 1_000, { atMost: 5, unit: "s" });

      // Nobody says goodbye: the objects die, and nobody comes back.
      pauseMs = 600_000;
      const online = async (): Promise<number> => {
        const lists = await Promise.all(
          crowd.viewers.map(({ person }) =>
            person.get<{ online_users: number[] }>("chats/online-users/"),
          ),
        );
        return lists.flatMap(({ online_users: ids }) => ids).length;
      };
      scene.measure("people shown as present before", await online(), {
        atLeast: crowd.viewers.length / 2,
      });
      let absent = 0;
      do {
        await world.order({ op: "suffer", ids: crowd.ids, trouble: { kind: "abort" } });
        absent = performance.now();
        // Whoever was about to come back just then still does.
        await pause(1_000);
      } while (crowd.viewers.some((viewer) => viewer.isLive()));
      let seconds = (performance.now() - absent) / 1_000;
      while ((await online()) > 0 && seconds < 30) {
        await pause(250);
        seconds = (performance.now() - absent) / 1_000;
      }
      scene.measure("nobody absent is shown as present after", seconds, { atMost: 5.5, unit: "s" });
      for (const viewer of crowd.viewers) viewer.comeBack();
      await Promise.all(crowd.viewers.map((viewer) => viewer.whenLive()));
      await scene.heal();
    },
  },
  {
    id: "T19",
    fault: "the server dies between commit and doorbell, and the sender never tries again",
    how: "Postgres' COMMIT is held back by the proxy, then everything is killed",
    isShort: true,
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 6 });
      const [first, second, third] = crowd.pairs;
      if (!first || !second || !third) throw new Error("too few pairs");
      await crowd.load({ seconds: 1, perSecond: 20, readsPerSecond: 0 });
      await scene.heal();
      let held = 0;
      world.postgres.distort(holdCommits(() => (held += 1)));
      const lost = crowd.pairs.map(([from, to], index) =>
        from.person
          .call("chats/", {
            body: { receiver_id: to.person.id, message: "lost", client_id: `t19-lost-${index}` },
            signal: AbortSignal.timeout(15_000),
          })
          .catch(() => null),
      );
      while (held < lost.length) await pause(10);
      const crash = world.crash();
      world.postgres.distort(null);
      await crash;
      await Promise.all(lost);
      await Promise.all(crowd.viewers.map((viewer) => viewer.whenLive()));
      const counts = await Promise.all(
        lost.map((_, index) => world.truth.countOf(`t19-lost-${index}`)),
      );
      scene.measure(
        "committed and told to nobody",
        counts.reduce((sum, count) => sum + count, 0),
        {
          atLeast: lost.length,
        },
      );
      // One pair writes again, one's people come back to their page, and one's break off and return.
      const body = { receiver_id: first[1].person.id, message: "next", client_id: "t19-next" };
      await first[0].person.post("chats/", body);
      const focused = [...second, ...third];
      await Promise.all(focused.map(({ person }) => person.get("chats/conversations/")));
      for (const viewer of third) viewer.drop();
      await scene.heal();
    },
  },
];
