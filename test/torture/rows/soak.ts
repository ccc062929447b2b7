import { setTimeout as pause } from "node:timers/promises";
import { workerMemory } from "../../support/memory-of.ts";
import { createPerson, signToken, type ChatPerson } from "../../support/people.ts";
import { gather } from "../crowd.ts";
import type { Row } from "../row.ts";
import { createViewer } from "../viewer.ts";

const secondsIn = { hour: 3_600, day: 86_400 };

/** Time itself: clocks that are wrong, many comings and goings, and nothing at all. */
export const soakRows: Row[] = [
  {
    id: "T26",
    fault: "the clients' clocks are a day off; the server's and the database's go back an hour",
    how: "the Worker's Date; for Postgres, the last message was an hour in the future",
    needs: "server-clock",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 8 });
      await crowd.load({ seconds: 1, perSecond: 20 });
      const [one, other] = crowd.pairs[0] ?? [];
      if (!one || !other) throw new Error("nobody is there");
      for (const days of [-1, 1]) {
        const at = new Date(Date.now() + days * secondsIn.day * 1_000).toISOString();
        const fields = { created_at: at, timestamp: at, read_at: at, seq: 1 };
        const body = {
          receiver_id: other.person.id,
          message: `day ${days}`,
          client_id: `t26${days}`,
          ...fields,
        };
        await one.person.post("chats/", body);
      }
      await world.truth.run(
        `update conversations set last_message_at = last_message_at + interval '1 hour'
         where id in (select conversation_id from conversation_members where user_id = any ($1))`,
        [crowd.ids],
      );
      await world.fault({ clockMs: -secondsIn.hour * 1_000 });
      await crowd.load({ seconds: 3, perSecond: 30 });
      await world.fault({ clockMs: 0 });
      await scene.heal();
      const [backwards] = await world.truth.run<{ count: number }>(
        `select count(*)::int from messages a join messages b
           on b.conversation_id = a.conversation_id and b.seq = a.seq + 1
         where b.created_at < a.created_at`,
      );
      scene.measure("messages older than the one before them", backwards?.count ?? -1, {
        atMost: 0,
      });

      const asked = async (claims: Record<string, unknown>): Promise<number> => {
        const { id, name } = one.person;
        const token = await signToken(world.server.authSecret, {
          user_id: id,
          username: "x",
          name,
          ...claims,
        });
        return (await createPerson(world.server, { id, name, token }).call("/api/auth/me")).status;
      };
      const now = Math.floor(Date.now() / 1_000);
      const early = await asked({ nbf: now + 15 });
      scene.expect(early === 200, `a token of a clock 15 s ahead was answered ${early}`);
      const tooEarly = await asked({ nbf: now + 61 });
      scene.expect(tooEarly === 401, `a token of a clock 61 s ahead was answered ${tooEarly}`);
      await world.fault({ clockMs: (secondsIn.hour + 61) * 1_000 });
      const late = await asked({});
      scene.expect(late === 401, `a token 61 s over its time was answered ${late}`);
      await world.fault({ clockMs: 0 });
    },
  },
  {
    id: "T35",
    fault: "people come and go, five a second for ten minutes",
    how: "as many in a tenth of the time, after half as many that let the heap find its size; memory is the line through the least of every five seconds",
    needs: "hub-insight",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 20 });
      const guests = await scene.people(50);
      const url = `http://127.0.0.1:${world.server.port}`;
      const perSecond = 50;
      const [warm, measured] = [30, 60];
      const visit = (person: ChatPerson, count: number): void => {
        const surface = (["sse", "chat", "messaging"] as const)[count % 3] ?? "sse";
        const guest = createViewer(person, { url, surface, silenceMs: 30_000 });
        void guest
          .whenLive()
          .then(() => pause(scene.dice.roll(800)))
          .then(() => guest.stop());
      };
      const comeAndGo = async (seconds: number): Promise<Point[]> => {
        const looks: Point[] = [];
        for (let count = 0; count < seconds * perSecond; count += 1) {
          visit(scene.dice.pick(guests), count);
          if (count % 25 === 0) looks.push({ x: count, y: await workerMemory(world.server) });
          await pause(1_000 / perSecond);
        }
        return looks;
      };
      const running = crowd.load({ seconds: warm + measured, perSecond: 10 });
      await comeAndGo(warm);
      const looks = await comeAndGo(measured);
      await running;
      await pause(3_000);
      const open = async (ids: number[]): Promise<number> =>
        (await world.order<number[]>({ op: "sockets", ids })).reduce((sum, each) => sum + each, 0);
      scene.measure("sockets left by those who went", await open(guests.map(({ id }) => id)), {
        atMost: 0,
      });
      scene.measure("sockets of those who stayed", await open(crowd.ids), {
        atMost: crowd.viewers.length,
        atLeast: crowd.viewers.length,
      });
      // 1 MB a minute at five a second is 1 MB for 300 visits.
      const growth = slopeOf(leastOfEach(looks, 5 * perSecond)) * 300;
      scene.measure("memory for 300 visits", growth, { atMost: 1, unit: "MiB more" });
      await scene.heal();
    },
  },
  {
    id: "T36",
    fault: "nothing happens: 50 idle streams and 50 idle sockets",
    how: "for 20 s after they fell asleep, with a beat every 2 s instead of 30",
    needs: "hub-insight",
    async run(scene) {
      const { world } = scene;
      const people = await scene.people(100);
      const viewers = people.map((person, index) =>
        scene.watch(person, index % 2 === 0 ? "sse" : index % 4 === 1 ? "chat" : "messaging"),
      );
      await Promise.all(viewers.map((viewer) => viewer.whenLive()));
      // A hub is evicted ten seconds after its last event.
      await pause(14_000);
      await world.order({ op: "runs" });
      const seconds = 20;
      await pause(seconds * 1_000);
      const runs = await world.order<{ constructors: number; calls: number; busyMs: number }>({
        op: "runs",
      });
      scene.measure("hubs that woke", runs.constructors, { atMost: 0 });
      scene.measure("hub code that ran", runs.calls, { atMost: 0 });
      const share = (runs.busyMs / (seconds * 1_000 * viewers.length)) * 100;
      scene.measure("time that hubs were busy", share, { atMost: 0.1, unit: "%" });
      const [one, other] = viewers;
      const body = { receiver_id: other?.person.id, message: "good morning", client_id: "t36" };
      await one?.person.post("chats/", body);
      await scene.heal();
      const ends = viewers.flatMap((viewer) => viewer.ends);
      scene.measure("connections that ended", ends.length, { atMost: 0 });
    },
  },
];

interface Point {
  x: number;
  y: number;
}

/** A heap swings up and is collected. */
function leastOfEach(points: readonly Point[], width: number): Point[] {
  const buckets = Map.groupBy(points, ({ x }) => Math.floor(x / width));
  return [...buckets.values()].map((bucket) => bucket.reduce((a, b) => (b.y < a.y ? b : a)));
}

/** Of the straight line that fits best. */
function slopeOf(points: readonly Point[]): number {
  const sum = (values: number[]): number => values.reduce((total, each) => total + each, 0);
  const x = sum(points.map((each) => each.x)) / points.length;
  const y = sum(points.map((each) => each.y)) / points.length;
  return (
    sum(points.map((each) => (each.x - x) * (each.y - y))) /
    sum(points.map((each) => (each.x - x) ** 2))
  );
}
