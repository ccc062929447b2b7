import { setTimeout as pause } from "node:timers/promises";
import { gather } from "../crowd.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import { ownName, type World } from "../world.ts";

/** Some sends rest inside their transaction, after the conversation was locked, so that they can be met there. */
const resting = `
  create or replace function torture_rest() returns trigger language plpgsql as $$
  begin
    if random() < 0.05 then perform pg_sleep(0.4); end if;
    return new;
  end $$;
  create trigger torture_fail before insert on messages for each row execute function torture_rest();`;

const restingNow = `
  select pid from pg_stat_activity
  where wait_event = 'PgSleep' and application_name <> '${ownName}'`;

/** Conversations that do not tell what their newest message tells. */
const halfTold = `
  select c.id::int from conversations c
  left join messages m on m.conversation_id = c.id and m.seq = c.head_seq
  where c.head_seq > 0 and (m.id is null or c.last_message_by is distinct from m.sender_id
    or c.last_message is distinct from left(m.body, 200) or c.last_message_at is distinct from m.created_at)`;

/** The backends that rest in the middle of a send. */
async function findResting({ truth }: World): Promise<number[]> {
  for (;;) {
    // While the server comes back, nobody answers.
    const rows = await truth.run<{ pid: number }>(restingNow).catch(() => []);
    if (rows.length > 0) return rows.map(({ pid }) => pid);
    await pause(10);
  }
}

/** SIGKILL to backends, at which the server ends all others and recovers, and then to all of it. */
async function killInTheMiddle(scene: Scene): Promise<void> {
  const { world } = scene;
  const server = world.postgresProcess;
  if (!server) {
    scene.measure("backends ended in mid-send", await terminateInTheMiddle(world), { atLeast: 5 });
    return;
  }
  let killed = 0;
  for (let round = 0; round < 3; round += 1) {
    const [pid] = await findResting(world);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    killed += 1;
    await pause(1_000);
  }
  let together = 0;
  for (let round = 0; round < 2; round += 1) {
    together += (await findResting(world)).length;
    await server.kill();
    await server.start();
    await pause(1_000);
  }
  const recoveries = server.log().match(/automatic recovery in progress/g) ?? [];
  scene.measure("backends killed in mid-send", killed, { atLeast: 3 });
  scene.measure("sends under way when the server was killed", together, { atLeast: 2 });
  scene.measure("recoveries", recoveries.length, { atLeast: 5 });
}

/** A server that others use may not be killed. */
async function terminateInTheMiddle(world: World): Promise<number> {
  let ended = 0;
  for (let round = 0; round < 20; round += 1) {
    for (const pid of await findResting(world)) {
      await world.truth.run("select pg_terminate_backend($1)", [pid]);
      ended += 1;
    }
    await pause(150);
  }
  return ended;
}

/** Postgres dies. */
export const postgresCrashRows: Row[] = [
  {
    id: "T9",
    fault: "Postgres is killed in the middle of sends: three backends, then twice the whole server",
    how: "SIGKILL to a server of the test's own; where there is none, pg_terminate_backend",
    isShort: true,
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene);
      await world.truth.run(resting);
      const load = crowd.load({ seconds: 12, perSecond: 25, patienceMs: 40_000 });
      await pause(500);
      await killInTheMiddle(scene);
      await load;
      await world.truth.run("drop trigger torture_fail on messages");
      await scene.heal();
      const faults = [...(await world.sql.faults()), ...(await world.truth.run(halfTold))];
      scene.measure("half sends in Postgres", faults.length, { atMost: 0 });
    },
  },
];
