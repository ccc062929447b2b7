import { setTimeout as pause } from "node:timers/promises";
import { inParallel } from "../../support/send-load.ts";
import { gather } from "../crowd.ts";
import { attemptSend } from "../load.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

/** In the log of Postgres; where that is not ours to read, by its statistics, which backends tell when they end. */
async function countDeadlocks({ postgresProcess, postgres, sql }: World): Promise<number> {
  if (postgresProcess) return postgresProcess.log().split("ERROR:  deadlock detected").length - 1;
  postgres.distort(null);
  await pause(500);
  return sql.deadlocks();
}

/** Nothing breaks, but everything comes at once. */
export const sendingRows: Row[] = [
  {
    id: "T11",
    fault: "32 sends of one key at once",
    isShort: true,
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 4 });
      // Whoever writes first makes the conversation, and that alone keeps the others waiting.
      await crowd.load({ seconds: 1, perSecond: 6, readsPerSecond: 0 });
      for (const [round, [from, to]] of crowd.pairs.entries()) {
        const key = `t11-${round}`;
        const send = { from, to: to.person, key, text: key };
        const tries = Array.from({ length: 32 }, (_, index) => ({
          ...send,
          bySocket: index % 2 === 0 && from.surface !== "sse",
        }));
        const answers = await Promise.all(tries.map((each) => attemptSend(each, 0)));
        const found = answers.flatMap(({ answer }) => answer ?? []);
        scene.keep(found);
        scene.measure("equal answers", found.length, { atLeast: 32 });
        scene.measure("different ids", new Set(found.map(({ id }) => id)).size, { atMost: 1 });
        scene.measure("rows", await world.truth.countOf(key), { atMost: 1, atLeast: 1 });
        const failed = answers.filter(({ attempt }) => attempt.status >= 500);
        scene.measure("5xx", failed.length, { atMost: 0 });
      }
      await scene.heal();
    },
  },
  {
    id: "T12",
    fault: "the same key with another text, in another conversation, by another user",
    isShort: true,
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 4 });
      const [alice, bob, carol] = crowd.viewers;
      if (!alice || !bob || !carol) throw new Error("too few people");
      const send = async (from: typeof alice, to: typeof alice, message: string) => {
        const body = { receiver_id: to.person.id, message, client_id: "t12-key" };
        return (await from.person.call("chats/", { body })).status;
      };
      const statuses = [
        await send(alice, bob, "one"),
        await send(alice, bob, "one"),
        await send(alice, bob, "two"),
        await send(alice, carol, "one"),
        await send(bob, alice, "one"),
      ];
      scene.expect(
        statuses.join(" ") === "201 200 409 409 201",
        `answered ${statuses.join(" ")} instead of 201 200 409 409 201`,
      );
      scene.measure("rows", await world.truth.countOf("t12-key"), { atMost: 2, atLeast: 2 });
      await scene.heal();
    },
  },
  {
    id: "T13",
    fault: "two people write to each other as fast as the server takes it, and read meanwhile",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 4 });
      const before = await countDeadlocks(world);
      const plans = Array.from({ length: 1_200 }, (_, index) => {
        const pair = scene.dice.pick(crowd.pairs);
        const [from, to] = index % 2 === 0 ? pair : [pair[1], pair[0]];
        const key = `t13-${index}`;
        return { from, to: to.person, key, text: key, bySocket: false };
      });
      const answers = await inParallel(24, plans, async (plan, index) => {
        if (index % 10 === 0) {
          await plan.from.person.post("chats/mark-read/", { message_ids: [1] });
          const body = { sender_id: plan.to.id };
          await plan.from.person.call("chats/mark-read/", { body }).then((each) => each.text());
        }
        return attemptSend(plan, 0);
      });
      scene.keep(answers.flatMap(({ answer }) => answer ?? []));
      await scene.heal();
      const refused = answers.filter(({ answer }) => answer === null);
      scene.measure("sends that failed", refused.length, { atMost: 0 });
      scene.measure("deadlocks in Postgres", (await countDeadlocks(world)) - before, { atMost: 0 });
    },
  },
];
