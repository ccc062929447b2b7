import { readFileSync, readdirSync } from "node:fs";

/** One line of `/proc/PID/stat`, as far as it is needed. */
export interface ProcessStat {
  id: number;
  name: string;
  parent: number;
  /** CPU seconds in user and kernel mode, of all its threads. */
  cpuSeconds: number;
}

/** What `/proc` counts in; fixed for programs on Linux, whatever the kernel was built with. */
const ticksPerSecond = 100;

export function parseProcessStat(text: string): ProcessStat {
  // "12 (name) S 1 12 …"; the name itself may hold anything, blanks and brackets too.
  const [open, close] = [text.indexOf("("), text.lastIndexOf(")")];
  const fields = text.slice(close + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    id: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    parent: Number(fields[1]),
    cpuSeconds: ticks / ticksPerSecond,
  };
}

/** CPU seconds that all processors worked, from `/proc/stat`: everything but idling and waiting for disks. */
export function parseBusySeconds(text: string): number {
  const line = /^cpu +(.*)$/m.exec(text)?.[1] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

/** CPU seconds that others on the same host took from this machine's processors while it had work for them. */
export function parseStolenSeconds(text: string): number {
  const line = /^cpu +(.*)$/m.exec(text)?.[1] ?? "";
  return Number(line.split(" ")[7] ?? 0) / ticksPerSecond;
}

/** KiB, from `/proc/PID/smaps_rollup`: a page that several processes share counts in parts. */
export function parsePss(text: string): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** The process and all that descend from it. */
export function treeOf(root: number, all: ProcessStat[]): ProcessStat[] {
  const ids = new Set([root]);
  for (let known = 0; known !== ids.size;) {
    known = ids.size;
    for (const { id, parent } of all) if (ids.has(parent)) ids.add(id);
  }
  return all.filter(({ id }) => ids.has(id));
}

/** Everything that runs here; whatever ends meanwhile is left out. */
export function readProcesses(): ProcessStat[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const text = readOrNull(`/proc/${name}/stat`);
    return text === null ? [] : [parseProcessStat(text)];
  });
}

export function readCommand(id: number): string {
  return (readOrNull(`/proc/${id}/cmdline`) ?? "").replaceAll("\0", " ").trim();
}

export function readBusySeconds(): number {
  return parseBusySeconds(readFileSync("/proc/stat", "utf8"));
}

export function readStolenSeconds(): number {
  return parseStolenSeconds(readFileSync("/proc/stat", "utf8"));
}

/** KiB of the process and all that descend from it. */
export function readTreePss(root: number): number {
  return treeOf(root, readProcesses())
    .map(({ id }) => parsePss(readOrNull(`/proc/${id}/smaps_rollup`) ?? ""))
    .reduce((sum, each) => sum + each, 0);
}

/** How many files a process that is started here may have open. */
export function readOpenFilesLimit(): number {
  return parseOpenFilesLimit(readFileSync("/proc/self/limits", "utf8"));
}

export function parseOpenFilesLimit(text: string): number {
  const most = /^Max open files +\d+ +(\w+)/m.exec(text)?.[1];
  return most === "unlimited" ? Infinity : Number(most);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
