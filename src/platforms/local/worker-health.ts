import { setTimeout as sleep } from "node:timers/promises";
import { OperatorError } from "../machine/operator-error.ts";

interface LogLine {
  level: string;
  message: string;
}

export interface WorkerLog {
  write(line: LogLine): void;
  /** Prints what was kept back, and everything from now on. */
  release(): void;
  /** What the Worker said last, in words; undefined when it said nothing. */
  reason(): string | undefined;
}

/** Keeps back what the Worker says until it serves: a failed start is told in one line. */
export function createWorkerLog(): WorkerLog {
  const kept: LogLine[] = [];
  let released = false;
  return {
    write(line) {
      if (released) print(line);
      else kept.push(line);
    },
    release() {
      released = true;
      for (const line of kept.splice(0)) print(line);
    },
    reason() {
      const { message } = kept.findLast(({ level }) => level === "error") ?? kept.at(-1) ?? {};
      return message === undefined ? undefined : reasonIn(message);
    },
  };
}

function print({ level, message }: LogLine): void {
  const stream = level === "error" || level === "warn" ? process.stderr : process.stdout;
  stream.write(`${message}\n`);
}

function reasonIn(message: string): string {
  const [, quoted] = /"reason":("(?:[^"\\]|\\.)*")/.exec(message) ?? [];
  const text = quoted === undefined ? message : String(JSON.parse(quoted));
  return text.replace(/^Error: /, "").replace(/\s*\n[\s\S]*/, "");
}

const patienceMs = 15_000;
/** What the Worker logs takes another way than its answer, and may come after it. */
const logDelayMs = 250;

/** Fails with the Worker's own reason unless `/health` answers 200. */
export async function expectHealthy(url: string, log: WorkerLog): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  const status = await fetch(`${url}/health`, { signal }).then(
    (answer) => answer.status,
    () => null,
  );
  if (status === 200) return log.release();
  await sleep(logDelayMs);
  const answer = status === null ? `${url}/health does not answer` : `/health answers ${status}`;
  throw new OperatorError(`The Worker does not serve: ${log.reason() ?? answer}`);
}
