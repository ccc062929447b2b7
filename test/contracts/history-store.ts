import { beforeAll } from "vitest";
import { testMarking } from "./history-marking.ts";
import { testOpening } from "./history-opening.ts";
import type { StoresUnderTest } from "./history-people.ts";
import { testReading } from "./history-reading.ts";
import { testSending } from "./history-sending.ts";

/** `create` gives stores over one empty or used database. */
export function testHistoryStore(create: () => Promise<StoresUnderTest>): void {
  let stores: StoresUnderTest;

  beforeAll(async () => {
    stores = await create();
  });

  testSending(() => stores);
  testReading(() => stores);
  testOpening(() => stores);
  testMarking(() => stores);
}
