import { expect, it } from "vitest";
import { createWindows } from "../../../src/core/hub-window.ts";
import { createStreamConnection } from "../../../src/platforms/bun/hub-connections.ts";
import type { Ports } from "../../../src/ports/index.ts";
import { defaultLimits } from "../../../src/protocol/limits.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const place = {
  userId: 1,
  gate: { open() {}, afterwards: (work: () => void) => work(), kept: async () => {}, flush() {} },
  ports: { clock: createManualClock(0) } as unknown as Pick<Ports, "clock" | "links">,
  reach: () => undefined,
};

it("counts what is on the way to each connection apart, from its opening on [FLOW-1]", () => {
  const [one, other] = [createStreamConnection(place), createStreamConnection(place)];
  createWindows(defaultLimits).addUnnumbered(one, 100);
  expect(one.flow().spans).toHaveLength(1);
  expect(other.flow().spans).toEqual([]);
  expect(one.id).not.toBe(other.id);
});
