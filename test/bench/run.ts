import { appendFileSync, writeFileSync } from "node:fs";
import { entrantsOf } from "./entrants.ts";
import { describeMachine } from "./machine.ts";
import type { Measurement, Taken } from "./measurement.ts";
import type { Subject } from "./measures/subject.ts";
import { readOptions, usage } from "./options.ts";
import type { BenchOptions } from "./options.ts";
import { planSteps } from "./plan.ts";
import type { Step } from "./plan.ts";
import { drawPlot } from "./report/plot.ts";
import { summarize } from "./report/summary.ts";
import { formatTable } from "./report/table.ts";
import { liftedLimits } from "./targets/parley.ts";
import type { Target } from "./targets/target.ts";

/** With more cores at work for anybody else, a window is taken again. */
const foreignLimit = 0.25;

type Note = (measurement: Measurement) => void;

async function bench(options: BenchOptions): Promise<void> {
  const began = describeMachine();
  console.log(`${began}\nRate limits are lifted: LIMITS=${JSON.stringify(liftedLimits)}`);
  if (options.json !== null) writeFileSync(options.json, "");
  const measured: Measurement[] = [];
  const note: Note = (measurement) => {
    measured.push(measurement);
    const line = JSON.stringify(measurement);
    if (options.json !== null) appendFileSync(options.json, `${line}\n`);
    console.log(line);
  };
  // What is compared runs at once and takes turns; for memory each starts afresh and alone.
  const together = options.measures.filter((name) => name !== "idle");
  if (together.length > 0) await benchTogether({ ...options, measures: together }, note);
  if (options.measures.includes("idle")) await benchAlone({ ...options, measures: ["idle"] }, note);
  const summary = summarize(measured);
  console.log(`\n${formatTable(summary)}\n\nBefore: ${began}\nAfter:  ${describeMachine()}`);
  if (options.svg !== null) writeFileSync(options.svg, drawPlot(summary, began));
}

/** What was started and has to be stopped, whatever ends the run. */
const begun = new Set<Target>();

async function begin(start: () => Promise<Target>): Promise<Target> {
  const target = await start();
  begun.add(target);
  return target;
}

async function end(target: Target): Promise<void> {
  if (begun.delete(target)) await target.dispose();
}

function endAllAt(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    void Promise.allSettled([...begun].map((target) => end(target))).then(() => process.exit(1));
  });
}

async function benchTogether(options: BenchOptions, note: Note): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const { start, surfaces } of entrantsOf(options)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other starts faster on few cores
    const target = await begin(start);
    stack.defer(() => end(target));
    subjects.push(...subjectsOf(target, surfaces));
  }
  const history: Measurement[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    // Who is first changes from round to round.
    const shift = (round - 1) % subjects.length;
    const order = [...subjects.slice(shift), ...subjects.slice(0, shift)];
    for (const step of planSteps(options, history)) {
      for (const subject of order) {
        // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
        const measurement = await take({ step, subject, round, attempts: options.attempts });
        if (measurement === null) continue;
        history.push(measurement);
        note(measurement);
      }
    }
  }
}

async function benchAlone(options: BenchOptions, note: Note): Promise<void> {
  const entries = entrantsOf(options).flatMap(({ start, surfaces }) =>
    surfaces.map((surface) => ({ start, surface })),
  );
  const [step] = planSteps(options, []);
  if (step === undefined) return;
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { start, surface } of entries) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time
      const target = await begin(start);
      try {
        for (const subject of subjectsOf(target, [surface])) {
          // oxlint-disable-next-line no-await-in-loop -- one at a time
          const measurement = await take({ step, subject, round, attempts: 1 });
          if (measurement !== null) note(measurement);
        }
      } finally {
        // oxlint-disable-next-line no-await-in-loop -- gone before the next begins
        await end(target);
      }
    }
  }
}

function subjectsOf(target: Target, names: string[]): Subject[] {
  return target.surfaces
    .filter(({ name }) => names.includes(name))
    .map((surface) => ({ target, surface }));
}

interface Attempt {
  step: Step;
  subject: Subject;
  round: number;
  attempts: number;
}

/** Takes it again while others are busy; the quietest counts. */
async function take({ step, subject, round, attempts }: Attempt): Promise<Measurement | null> {
  let best: Taken | null = null;
  let tried = 0;
  while (tried < attempts && (best === null || best.foreign_cores > foreignLimit)) {
    tried += 1;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const found = await step.take(subject).catch((error: unknown) => {
      const printed = subject.target.output().split("\n").slice(-20).join("\n");
      throw new Error(`${subject.target.name}, ${step.measure}: it printed\n${printed}`, {
        cause: error,
      });
    });
    if (found === null) return null;
    if (best === null || found.foreign_cores < best.foreign_cores) best = found;
  }
  if (best === null) return null;
  const [target, surface] = [subject.target.name, subject.surface.name];
  return { target, surface, measure: step.measure, round, attempts: tried, ...best };
}

endAllAt("SIGINT");
endAllAt("SIGTERM");
const args = process.argv.slice(2);
if (args.includes("--help")) console.log(usage);
else await bench(readOptions(args));
