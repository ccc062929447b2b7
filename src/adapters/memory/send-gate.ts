import { createSendLoad, type SendLoadRule } from "../../core/send-load.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SendGate } from "../../ports/send-gate.ts";

export function createMemorySendGate(clock: Pick<Clock, "now">, rule: SendLoadRule): SendGate {
  const load = createSendLoad(rule);
  return {
    enter: (send) => load.enter(send, clock.now()),
    leave: (send) => load.leave(send),
    peek: () => load.peek(clock.now()),
  };
}
