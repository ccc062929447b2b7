import type { SendDecision } from "../core/send-load.ts";

/** The one gate of a process through which every send goes (SEND-7). */
export interface SendGate {
  /** `send` stands for it until it leaves; what was not let in need not leave. */
  enter(send: object): SendDecision;
  leave(send: object): void;
  /** Whether one would be let in now; it counts nothing. */
  peek(): SendDecision;
}
