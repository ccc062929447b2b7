import fc from "fast-check";
import { expect, test } from "vitest";
import { playSteps } from "../support/hub-play.ts";
import { steps } from "../support/hub-steps.ts";

const numRuns = Number(process.env["HUB_RUNS"] ?? 500);

test(
  "joining, leaving, delivering, crashing and losing in any order leaves no hole, repeats nothing and takes no id for another [HUB-2] [HUB-3] [HUB-4] [HUB-5] [HUB-6] [RESUME-1] [RESUME-2] [FLOW-1] [FLOW-2] [READ-1] [READ-2] [UNREAD-1]",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(steps, (all) => {
        expect(playSteps(all)).toEqual([]);
      }),
      { numRuns },
    );
  },
);
