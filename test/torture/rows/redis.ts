import { setTimeout as pause } from "node:timers/promises";
import { percentile } from "../../support/send-load.ts";
import { gather, type Crowd } from "../crowd.ts";
import { noiseFloor } from "../figures.ts";
import { attemptSend } from "../load.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import { cutAfterEval, refuseCommands, slowBy } from "../wire-faults.ts";

/** The breaker, which leaves a lost Redis alone for half a minute, lets it be asked again. */
const coolDownMs = 31_000;

/** Sends one after the other; answers how long each took, ms. */
async function sendSingly(scene: Scene, crowd: Crowd, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const [from, to] = scene.dice.pick(crowd.pairs);
    const key = `${scene.name}-${scene.dice.roll(1e9)}-${index}`;
    const plan = { from, to: to.person, key, text: key, bySocket: false };
    const { answer, attempt } = await attemptSend(plan, 0);
    scene.keep(answer ? [answer] : []);
    scene.expect(answer !== null, `a send was answered ${attempt.status} ${attempt.code}`);
    times.push(attempt.ms);
  }
  return times;
}

interface Times {
  calm: number[];
  first: number[];
  later: number[];
}

/** What a failing Redis adds to a send, which does not wait for it: 5 ms, and what the machine adds by itself. */
function measureAdded(scene: Scene, name: string, { calm, first, later }: Times): void {
  const usual = percentile(calm, 0.5);
  const floor = noiseFloor(calm);
  scene.measure(`a send before it ${name}`, usual, { unit: "ms" });
  scene.measure(`noise floor (${name})`, floor, { unit: "ms" });
  const most = { atMost: 5 + floor, unit: "ms more" };
  scene.measure(`added to the first five while it ${name}`, percentile(first, 0.5) - usual, most);
  scene.measure(`added to those after them (${name})`, percentile(later, 0.5) - usual, most);
}

/** The cache is away, slow, empty or wrong. */
export const redisRows: Row[] = [
  {
    id: "T14",
    fault: "Redis refuses, then never answers, then is 300 ms late",
    how: "each twice, after the breaker's cool-down, which the Worker's clock skips; against the median while Redis is well",
    needs: "server-clock",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 8 });
      await sendSingly(scene, crowd, 20);
      let skipped = 0;
      const faults: [string, () => void][] = [
        ["refuses", () => world.redisProxy.refuse()],
        ["never answers", () => world.redisProxy.swallow()],
        ["is late", () => world.redisProxy.distort(slowBy(300))],
      ];
      for (const [name, begin] of faults) {
        const times: Times = { calm: [], first: [], later: [] };
        for (let round = 0; round < 2; round += 1) {
          times.calm.push(...(await sendSingly(scene, crowd, 20)));
          begin();
          times.first.push(...(await sendSingly(scene, crowd, 5)));
          times.later.push(...(await sendSingly(scene, crowd, 20)));
          const judged = await scene.judgeNow();
          const wrong = JSON.stringify(judged.violations.slice(0, 3));
          scene.expect(judged.violations.length === 0, `while it ${name}: ${wrong}`);
          world.redisProxy.distort(null);
          world.redisProxy.heal();
          skipped += coolDownMs;
          await world.fault({ clockMs: skipped });
          await pause(1_000);
          await sendSingly(scene, crowd, 4);
          await scene.heal();
        }
        measureAdded(scene, name, times);
      }
    },
  },
  {
    id: "T15",
    fault: "Redis is flushed under load, then refuses every command for its quota",
    isShort: true,
    needs: "server-clock",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 16 });
      const flushed = crowd.load({ seconds: 4 });
      for (let round = 0; round < 8; round += 1) {
        await pause(450);
        await world.redis.flush();
      }
      await flushed;
      await world.redis.flush();
      const first = await scene.judgeNow();
      const wrong = first.violations.filter(({ invariant }) => invariant === "I6");
      scene.measure("wrong counts at the first read after", wrong.length, { atMost: 0 });
      await scene.heal();
      world.redisProxy.distort(refuseCommands("ERR max requests limit exceeded. Limit: 500000"));
      await crowd.load({ seconds: 3 });
      const meanwhile = await scene.judgeNow();
      const refused = meanwhile.violations.filter(({ invariant }) => invariant === "I6");
      scene.measure("wrong counts while the quota is out", refused.length, { atMost: 0 });
      world.redisProxy.distort(null);
      await world.fault({ clockMs: coolDownMs });
      await scene.heal();
    },
  },
  {
    id: "T16",
    fault: "Redis does as it is told and the connection is cut before it says so, 30 % of writes",
    how: "then every write until the breaker opens; what is written meanwhile, Redis never hears of",
    needs: "server-clock",
    async run(scene) {
      const { world, dice } = scene;
      const crowd = await gather(scene, { users: 16 });
      let cuts = 0;
      let skipped = 0;
      let share = 0.3;
      const random = (): number => {
        const value = dice.random();
        if (value >= share) return 1;
        cuts += 1;
        return 0;
      };
      const skip = (): Promise<unknown> => world.fault({ clockMs: (skipped += coolDownMs) });
      const judgeCounts = async (when: string): Promise<void> => {
        const { violations } = await scene.judgeNow();
        const wrong = violations.filter(({ invariant }) => invariant === "I6");
        scene.measure(`wrong counts ${when}`, wrong.length, { atMost: 0 });
      };
      world.redisProxy.distort(cutAfterEval(0.5, random));
      for (let round = 0; round < 4; round += 1) {
        await crowd.load({ seconds: 2, perSecond: 40 });
        await judgeCounts("meanwhile");
        // Otherwise the breaker leaves Redis alone, and nothing more is cut.
        await skip();
      }
      scene.measure("writes whose answer was cut", cuts, { atLeast: 10 });
      share = 1;
      await crowd.load({ seconds: 1, perSecond: 20 });
      const before = await world.redis.calls("eval");
      await crowd.load({ seconds: 1, perSecond: 40 });
      const heard = (await world.redis.calls("eval")) - before;
      scene.measure("writes of 40 sends that Redis heard of", heard, { atMost: 10 });
      world.redisProxy.distort(null);
      // Redis is asked again, and holds what was true before it was left alone.
      await skip();
      await judgeCounts("once Redis is asked again");
      await scene.heal();
    },
  },
];
