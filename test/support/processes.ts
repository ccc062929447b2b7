import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { promisify } from "node:util";

export interface ProcessEntry {
  id: number;
  group: number;
  command: string;
}

/** Everything that runs on this machine; what has ended and was not yet collected does not count. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const entries =
    process.platform === "linux" ? await readProcesses() : parseProcesses(await runPs());
  return entries.filter(({ id }) => id !== process.pid);
}

async function readProcesses(): Promise<ProcessEntry[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(ids.map((id) => readProcess(id).catch(() => null)));
  return entries.filter((entry) => entry !== null);
}

async function readProcess(id: string): Promise<ProcessEntry | null> {
  const [stat, command] = await Promise.all([
    readFile(`/proc/${id}/stat`, "utf8"),
    readFile(`/proc/${id}/cmdline`, "utf8"),
  ]);
  // "12 (name) S 1 12 …": state, parent, group. The name itself may hold anything.
  const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return null;
  return { id: Number(id), group: Number(group), command: command.replaceAll("\0", " ") };
}

async function runPs(): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,pgid=,stat=,args="]);
  return stdout;
}

function parseProcesses(text: string): ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const [, id, group, state = "", command = ""] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (id === undefined || state.startsWith("Z")) return [];
    return [{ id: Number(id), group: Number(group), command }];
  });
}
