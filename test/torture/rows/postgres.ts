import { setTimeout as pause } from "node:timers/promises";
import { gather, type Crowd } from "../crowd.ts";
import { countStatus, measureRefusals, p99 } from "../figures.ts";
import type { Row } from "../row.ts";
import { measureTyping } from "../typing-probe.ts";
import { cutAfterCommit, slowBy } from "../wire-faults.ts";

/** A message that gets one of these errors from Postgres gets it once: the number is drawn outside the transaction. */
const failing = `
  create sequence if not exists torture_turns;
  create or replace function torture_fail() returns trigger language plpgsql as $$
  declare turn bigint := nextval('torture_turns');
  begin
    if turn % 40 = 0 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
    if turn % 40 = 20 then raise exception 'could not serialize' using errcode = '40001'; end if;
    return new;
  end $$;
  create trigger torture_fail before insert on messages for each row execute function torture_fail();`;

/** Typing passes only between people who have written to each other (TYPE-2). */
async function introduce(pairs: Crowd["pairs"]): Promise<void> {
  const send = ([from, to]: Crowd["pairs"][number], index: number): Promise<unknown> => {
    const [receiver_id, client_id] = [to.person.id, `t6-hello-${index}`];
    return from.person.post("chats/", { receiver_id, client_id, message: "hello" });
  };
  await Promise.all(pairs.map(send));
}

/** Postgres is away, slow, or fails at the worst moment. */
export const postgresRows: Row[] = [
  {
    id: "T5",
    fault: "Postgres refuses connections",
    how: "for a minute",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      const running = crowd.load({ seconds: 64, perSecond: 8 });
      await pause(2_000);
      world.postgres.refuse();
      await pause(60_000);
      world.postgres.heal();
      const healed = performance.now();
      const load = await running;
      const last = Math.max(...load.attempts.map(({ atMs, ms }) => load.startedAt + atMs + ms));
      measureRefusals(scene, load);
      const refused = load.attempts.filter(({ status }) => status === 503);
      scene.measure("p99 of refusals", p99(refused.map(({ ms }) => ms)), {
        atMost: 1_000,
        unit: "ms",
      });
      scene.measure("backlog drained after", Math.max(0, last - healed) / 1_000, {
        atMost: 10,
        unit: "s",
      });
      await scene.heal();
      const ends = crowd.viewers.flatMap((viewer) => viewer.ends);
      scene.measure("connections that ended", ends.length, { atMost: 0 });
    },
  },
  {
    id: "T6",
    fault: "Postgres takes three seconds longer",
    how: "10 sends a second for 6 s: what waits is bound by the pool of 20 connections",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      await crowd.load({ seconds: 1, readsPerSecond: 0 });
      const typers = crowd.pairs.slice(0, 8);
      await introduce(typers);
      const calm = await measureTyping(typers, 3);
      world.postgres.distort(slowBy(3_000));
      const slow = { seconds: 6, perSecond: 10, readsPerSecond: 1, patienceMs: 60_000 };
      const running = crowd.load(slow);
      const typing = await measureTyping(typers, 6);
      await pause(1_000);
      world.postgres.distort(null);
      const load = await running;
      await scene.heal();
      scene.measure("p99 answer", p99(load.attempts.map(({ ms }) => ms)) / 1_000, {
        atMost: 10,
        unit: "s",
      });
      scene.measure(
        "sends without an answer",
        countStatus(load, ({ status }) => status === 0),
        {
          atMost: 0,
        },
      );
      scene.measure("p99 of typing before", p99(calm.times), { unit: "ms" });
      scene.measure("p99 of typing meanwhile", p99(typing.times), {
        atMost: Math.max(100, 3 * p99(calm.times)),
        unit: "ms",
      });
      scene.measure("typing that was lost", calm.lost + typing.lost, { atMost: 0 });
    },
  },
  {
    id: "T7",
    fault: "Postgres accepts and never answers",
    how: "for 14 s; whatever limits Postgres' client has, a request's own answers in time (ERR-2)",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      const running = crowd.load({ seconds: 8, perSecond: 10, patienceMs: 60_000 });
      await pause(2_000);
      world.postgres.swallow();
      await pause(14_000);
      world.postgres.heal();
      const load = await running;
      await scene.heal();
      measureRefusals(scene, load);
      scene.measure(
        "sends without an answer",
        countStatus(load, ({ status }) => status === 0),
        {
          atMost: 0,
        },
      );
    },
  },
  {
    id: "T8",
    fault: "Postgres commits and the connection is cut before anybody hears of it, 30 % of commits",
    isShort: true,
    async run(scene) {
      const { world, dice } = scene;
      const crowd = await gather(scene);
      let cuts = 0;
      const random = (): number => {
        const value = dice.random();
        if (value < 0.3) cuts += 1;
        return value;
      };
      world.postgres.distort(cutAfterCommit(0.3, random));
      const load = await crowd.load({ seconds: 6, perSecond: 20 });
      world.postgres.distort(null);
      await scene.heal();
      scene.measure("commits that nobody heard of", cuts, { atLeast: 20 });
      const stored = await world.truth.storedFor(crowd.ids);
      const keys = new Set(stored.map(({ sender, clientId }) => `${sender} ${clientId}`));
      scene.measure("stored twice", stored.length - keys.size, { atMost: 0 });
      const answers = load.attempts.filter(({ named }) => named !== null);
      const again = [...Map.groupBy(answers, ({ key }) => key).values()].filter(
        ({ length }) => length > 1,
      );
      const differing = again.filter((same) => new Set(same.map(({ named }) => named)).size > 1);
      scene.measure("sends with several answers", again.length, { atLeast: 10 });
      scene.measure("of them with another id, seq or time", differing.length, { atMost: 0 });
    },
  },
  {
    id: "T10",
    fault: "a twentieth of the sends meets a deadlock or a serialization failure",
    how: "raised by a trigger in Postgres itself",
    isShort: true,
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      await world.truth.run(failing);
      const load = await crowd.load({ perSecond: 25 });
      await world.truth.run("drop trigger torture_fail on messages");
      const [turns] = await world.truth.run<{ count: number }>(
        "select (last_value / 20)::int as count from torture_turns",
      );
      await scene.heal();
      scene.measure("failures raised", turns?.count ?? 0, { atLeast: 5 });
      scene.measure(
        "sends that heard of one",
        countStatus(load, ({ named }) => named === null),
        {
          atMost: 0,
        },
      );
    },
  },
];
