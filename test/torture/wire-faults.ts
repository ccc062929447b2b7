import type { Fault, Wire } from "../support/fault-proxy.ts";

/** Everything takes so much longer, in each direction in its order. */
export function slowBy(ms: number): Fault {
  return (wire) => ({ onAnswer: (chunk) => void setTimeout(() => wire.answer(chunk), ms) });
}

/** How a question to Postgres begins: Query, Parse or Bind. A connection that is opened or given back asks nothing. */
const questions = ["Q", "P", "B"];

/** All is well, and `onQuestion` is told of every question to Postgres. */
export function countQuestions(onQuestion: () => void): Fault {
  return (wire) => ({
    onRequest(chunk) {
      if (questions.includes(chunk.toString("latin1", 0, 1))) onQuestion();
      wire.pass(chunk);
    },
  });
}

/** A few bytes at a time. */
export function trickle(bytes: number, everyMs: number): Fault {
  return (wire) => {
    let waiting = Buffer.alloc(0);
    let timer: NodeJS.Timeout | null = null;
    const drip = (): void => {
      timer = null;
      wire.answer(waiting.subarray(0, bytes));
      waiting = waiting.subarray(bytes);
      if (waiting.length > 0) timer = setTimeout(drip, everyMs);
    };
    return {
      onAnswer(chunk) {
        waiting = Buffer.concat([waiting, chunk]);
        timer ??= setTimeout(drip, everyMs);
      },
    };
  };
}

/** What Postgres says when a transaction of ours is committed, and a plain message, whose statement is one by itself. */
const [committed, stored] = [Buffer.from("COMMIT\0"), Buffer.from('{"uuid" : "')];

function isCommit(answer: Buffer): boolean {
  return answer.includes(committed) || answer.includes(stored);
}

/** Postgres has committed, and then, for such a share, the connection is gone before anybody hears of it. */
export function cutAfterCommit(share: number, random: () => number): Fault {
  return (wire) => ({
    onAnswer(chunk) {
      if (isCommit(chunk) && random() < share) wire.cut();
      else wire.answer(chunk);
    },
  });
}

/** Postgres has committed, and nobody hears of it; `onHeld` is told of each. */
export function holdCommits(onHeld: () => void): Fault {
  return (wire) => ({
    onAnswer(chunk) {
      if (isCommit(chunk)) onHeld();
      else wire.answer(chunk);
    },
  });
}

/** Redis has done what it was asked, and then, for such a share of EVALs, the connection is gone before it answers. */
export function cutAfterEval(share: number, random: () => number): Fault {
  return (wire) => {
    let isDoomed = false;
    return {
      onRequest(chunk) {
        isDoomed ||= chunk.includes("EVAL") && random() < share;
        wire.pass(chunk);
      },
      onAnswer(chunk) {
        if (isDoomed) wire.cut();
        else wire.answer(chunk);
      },
    };
  };
}

/** Redis answers every command of the product with an error of this text. */
export function refuseCommands(error: string): Fault {
  return (wire) => {
    let rest = Buffer.alloc(0);
    return {
      onRequest(chunk) {
        rest = Buffer.concat([rest, chunk]);
        for (;;) {
          const length = commandLength(rest);
          if (length === 0) return;
          const command = rest.subarray(0, length);
          rest = rest.subarray(length);
          handle(wire, command, error);
        }
      },
    };
  };
}

/** What a client says to introduce itself is let through, or it would not even be there to be refused. */
function handle(wire: Wire, command: Buffer, error: string): void {
  if (/\r\n(hello|client|auth|select)\r\n/i.test(command.toString("latin1"))) wire.pass(command);
  else wire.answer(Buffer.from(`-${error}\r\n`));
}

/** The length of the first whole RESP command, an array of strings; 0 for none yet. */
function commandLength(bytes: Buffer): number {
  let at = bytes.indexOf("\r\n");
  if (at < 0) return 0;
  const parts = Number(bytes.toString("latin1", 1, at));
  at += 2;
  for (let part = 0; part < parts; part += 1) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return 0;
    at = end + 2 + Number(bytes.toString("latin1", at + 1, end)) + 2;
    if (at > bytes.length) return 0;
  }
  return at;
}
