import { readBusySeconds, readCommand, readProcesses, treeOf } from "./proc.ts";

/** Whose CPU is counted on which line. */
export interface Watched {
  /** The root of the server's tree; null when it runs where `/proc` does not show it. */
  serverId: number | null;
  redisId: number | null;
  /** Its backends are told by the database's name; null when it is not known. */
  databaseName: string | null;
}

export const cpuLines = ["server", "endpoint", "postgres", "redis", "driver"] as const;
export type CpuLine = (typeof cpuLines)[number];

/** CPU seconds in a window; null where nothing could be read. */
export type CpuUse = Record<CpuLine, number | null>;

export interface Window {
  seconds: number;
  cpu: CpuUse;
  /** Cores that were busy with anything else. */
  foreignCores: number;
}

const sharedPostgres = /^postgres: .*(walwriter|checkpointer|background writer)/;

/** Starts to measure; the function that it answers ends the window. */
export function openWindow(watched: Watched): () => Window {
  const before = sample(watched);
  const started = performance.now();
  return () => {
    const after = sample(watched);
    const seconds = (performance.now() - started) / 1_000;
    const cpu = Object.fromEntries(
      cpuLines.map((line) => [line, used(before.lines[line], after.lines[line])]),
    ) as CpuUse;
    const ours = Object.values(cpu).reduce<number>((sum, each) => sum + (each ?? 0), 0);
    const foreignCores = Math.max(0, (after.busy - before.busy - ours) / seconds);
    return { seconds, cpu, foreignCores };
  };
}

type Sample = { busy: number; lines: Record<CpuLine, Map<number, number> | null> };

function sample(watched: Watched): Sample {
  const all = readProcesses();
  const server = watched.serverId === null ? null : treeOf(watched.serverId, all);
  // Beside workerd, what stands in for Neon and Upstash is a process of its own.
  const isWorkers = server?.some(({ name }) => name === "workerd") ?? false;
  const isServer = ({ name }: { name: string }): boolean => !isWorkers || name === "workerd";
  return {
    busy: readBusySeconds(),
    lines: {
      server: seconds(server?.filter(isServer)),
      endpoint: isWorkers ? seconds(server?.filter((each) => !isServer(each))) : null,
      postgres: watched.databaseName === null ? null : seconds(postgresOf(watched.databaseName)),
      redis: watched.redisId === null ? null : seconds(treeOf(watched.redisId, all)),
      driver: seconds(treeOf(process.pid, all).filter(({ id }) => id === process.pid)),
    },
  };

  function postgresOf(database: string): typeof all {
    return all
      .filter(({ name }) => name === "postgres")
      .filter(({ id }) => {
        const command = readCommand(id);
        return command.includes(` ${database} `) || sharedPostgres.test(command);
      });
  }
}

function seconds(
  processes: { id: number; cpuSeconds: number }[] | undefined,
): Map<number, number> | null {
  if (processes === undefined || processes.length === 0) return null;
  return new Map(processes.map(({ id, cpuSeconds }) => [id, cpuSeconds]));
}

function used(before: Map<number, number> | null, after: Map<number, number> | null) {
  if (after === null) return null;
  return [...after].reduce((sum, [id, now]) => sum + now - (before?.get(id) ?? 0), 0);
}
