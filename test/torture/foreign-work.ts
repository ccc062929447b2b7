import {
  readBusySeconds,
  readCommand,
  readProcesses,
  readStolenSeconds,
  treeOf,
  type ProcessStat,
} from "../bench/proc.ts";

/** So many cores with work that is not the harness's, and a figure of time may be theirs. */
export const busyCores = 0.3;

const lookEveryMs = 500;
const sharedPostgres = /^postgres: .*(walwriter|checkpointer|background writer)/;

/**
 * Watches what others do on the machine: CPU time of processes that are neither the harness, nor what it started, nor
 * Postgres for its database, and what other machines on the same host took. The function that it answers ends that and
 * answers in cores, on the average; what ended between two looks counts as foreign since the last of them.
 */
export function watchForeignWork(databaseName: string): () => number {
  const started = performance.now();
  const before = totalSeconds();
  let last = ownSeconds(databaseName);
  let own = 0;

  function look(): void {
    const now = ownSeconds(databaseName);
    for (const [id, seconds] of now) own += seconds - (last.get(id) ?? 0);
    last = now;
  }

  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
    const foreign = totalSeconds() - before - own;
    return Math.max(0, foreign / ((performance.now() - started) / 1_000));
  };
}

function totalSeconds(): number {
  return readBusySeconds() + readStolenSeconds();
}

function ownSeconds(databaseName: string): Map<number, number> {
  const all = readProcesses();
  const ours = [...treeOf(process.pid, all), ...all.filter(isOurPostgres)];
  return new Map(ours.map(({ id, cpuSeconds }) => [id, cpuSeconds]));

  function isOurPostgres({ id, name }: ProcessStat): boolean {
    if (name !== "postgres") return false;
    const command = readCommand(id);
    return command.includes(databaseName) || sharedPostgres.test(command);
  }
}
