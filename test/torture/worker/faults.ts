import type { Faults } from "../fault-switches.ts";

export const faults: Faults = {
  clockMs: 0,
  doorbell: {
    users: null,
    fails: 0,
    failsAfter: 0,
    doubles: 0,
    delayMs: 0,
    overloaded: false,
  },
  alarms: {},
  bucket: "works",
};

export function roll(share: number): boolean {
  return share > 0 && Math.random() < share;
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
