import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../support/people.ts";
import type { Acknowledged, Judgement } from "./checker.ts";
import { busyCores, watchForeignWork } from "./foreign-work.ts";
import { failuresOf, type Figure, type Outcome } from "./outcome.ts";
import type { Row } from "./row.ts";
import { createScene, type Screening } from "./scene.ts";
import type { World } from "./world.ts";

const rowLimitMs = 180_000;

export interface PlayOptions {
  seed: number;
  isShort: boolean;
  /** Figures of time and memory are told and not judged: for machines that are somebody else's, too. */
  isUntimed: boolean;
}

/**
 * Plays a row, and once more, from the same seed, when it failed while the machine was busy with other work: then
 * nobody can say whose the failure was. No limit is ever widened.
 */
export async function playRow(row: Row, world: World, options: PlayOptions): Promise<Outcome> {
  const first = await playOnce(row, world, options);
  if (first.passed || first.foreignCores < busyCores) return first;
  const second = await playOnce(row, world, options);
  const violations = [...first.violations.filter(isLasting), ...second.violations];
  return {
    ...second,
    violations,
    firstTry: { foreignCores: first.foreignCores, failures: failuresOf(first) },
    seconds: first.seconds + second.seconds,
    passed: second.passed && violations.length === 0,
  };
}

/** What was shown twice, altered, out of order, with a hole or taken back would have been so at any pace. */
function isLasting(violation: string): boolean {
  return /^I[23457] /.test(violation);
}

async function playOnce(row: Row, world: World, options: PlayOptions): Promise<Outcome> {
  const started = performance.now();
  await world.truth.beginRow();
  const foreignWork = watchForeignWork(world.databaseName);
  const notes = {
    figures: [] as Figure[],
    violations: [] as string[],
    healMs: null as number | null,
    judged: null as Judgement | null,
  };
  const cast = {
    people: [] as ChatPerson[],
    views: [] as Screening[],
    acknowledged: [] as Acknowledged[],
  };
  const scene = createScene({ id: row.id, world, ...options, notes, cast });
  try {
    await Promise.race([row.run(scene), giveUp()]);
    if (notes.judged === null && cast.people.length > 0) await scene.heal();
  } catch (error) {
    notes.violations.push(
      `the row broke off: ${String(error instanceof Error ? error.stack : error)}`,
    );
  }
  const foreignCores = foreignWork();
  for (const view of cast.views) view.stop();
  await restore(world).catch(async (error: unknown) => {
    const output = world.server.output().slice(-2_000);
    notes.violations.push(`the server is gone: ${String(error)}\n${output}`);
    await world.crash();
    await restore(world);
  });
  const { violations, healMs, judged } = notes;
  const figures = options.isUntimed ? notes.figures.map(withoutPace) : notes.figures;
  return {
    id: row.id,
    fault: row.fault,
    how: row.how ?? null,
    acknowledged: judged?.acknowledged ?? 0,
    stored: judged?.stored ?? 0,
    seen: judged?.seen ?? 0,
    due: judged?.due ?? 0,
    wireDuplicates: judged?.wireDuplicates ?? 0,
    screenDuplicates: judged?.screenDuplicates ?? 0,
    healMs,
    figures,
    violations,
    foreignCores,
    firstTry: null,
    seconds: (performance.now() - started) / 1_000,
    passed: failuresOf({ violations, figures }).length === 0,
  };
}

const paces = ["s", "ms", "ms more", "MiB more", "%"];

function withoutPace(figure: Figure): Figure {
  return paces.includes(figure.unit) ? { ...figure, atMost: null, atLeast: null } : figure;
}

/** What hangs is as bad as what is wrong. */
async function giveUp(): Promise<never> {
  await pause(rowLimitMs, undefined, { ref: false });
  throw new Error(`still running after ${rowLimitMs / 1_000} s`);
}

/** Whatever a row left behind, the next one finds everything well. */
async function restore(world: World): Promise<void> {
  world.redis.thaw();
  await world.truth.run("drop trigger if exists torture_fail on messages");
  for (const proxy of [world.postgres, world.redisProxy, world.front]) {
    proxy.distort(null);
    proxy.heal();
  }
  if (world.platform === "bun") return;
  const doorbell = { fails: 0, failsAfter: 0, doubles: 0, delayMs: 0 };
  await world.fault({
    clockMs: 0,
    bucket: "works",
    alarms: {},
    doorbell: { ...doorbell, users: null, overloaded: false },
  });
}
