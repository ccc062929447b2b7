import fc from "fast-check";
import type { TurnEnd } from "./hub-world.ts";
import type { LostPart } from "./kept-hub-store.ts";

export type CursorKind = "older" | "edge" | "beyond-edge" | "future" | "other-epoch" | "garbage";

/** What can happen to a hub. `reader` and `pick` choose among what there is. */
export type Step = { end: TurnEnd; reader: number; pick: number } & (
  | { type: "write"; conversation: 1 | 2; isOwn: boolean; count: number; isTold: boolean }
  | { type: "redeliver"; isHistoryAway: boolean }
  | { type: "other-event"; kind: "read" | "delivered" | "notification" }
  | { type: "join"; isNew: boolean }
  | { type: "probe"; from: CursorKind }
  | { type: "acknowledge"; what: "newest" | "older" | "unsent" | "future" | "nonsense" }
  | { type: "leave" | "read-lists" | "report" | "crash" | "sleep" | "spoil" | "pass" }
  | { type: "lose"; part: LostPart }
);

const end: fc.Arbitrary<TurnEnd> = fc.oneof(
  { weight: 20, arbitrary: fc.constant("well" as const) },
  fc.constantFrom("store-fails", "dies-before-frames", "dies-after-frames"),
);
const common = { end, reader: fc.nat(2), pick: fc.nat(99) };

const weighted = [
  [
    8,
    {
      type: fc.constant("write" as const),
      conversation: fc.constantFrom(1 as const, 2 as const),
      isOwn: fc.boolean(),
      count: fc.integer({ min: 1, max: 3 }),
      isTold: fc.oneof(fc.constant(true), fc.boolean()),
    },
  ],
  [5, { type: fc.constant("redeliver" as const), isHistoryAway: fc.boolean() }],
  [
    2,
    {
      type: fc.constant("other-event" as const),
      kind: fc.constantFrom("read" as const, "delivered" as const, "notification" as const),
    },
  ],
  [6, { type: fc.constant("join" as const), isNew: fc.nat(5).map((roll) => roll === 0) }],
  [
    3,
    {
      type: fc.constant("probe" as const),
      from: fc.constantFrom<CursorKind[]>(
        "older",
        "edge",
        "beyond-edge",
        "future",
        "other-epoch",
        "garbage",
      ),
    },
  ],
  [
    8,
    {
      type: fc.constant("acknowledge" as const),
      what: fc.oneof(
        fc.constant("newest" as const),
        fc.constantFrom(
          "older" as const,
          "unsent" as const,
          "future" as const,
          "nonsense" as const,
        ),
      ),
    },
  ],
  [
    7,
    {
      type: fc.constantFrom(
        ...(["leave", "read-lists", "report", "crash", "sleep", "spoil", "pass"] as const),
      ),
    },
  ],
  [
    1,
    {
      type: fc.constant("lose" as const),
      part: fc.constantFrom<LostPart[]>("all", "events", "conversations"),
    },
  ],
] as const;

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ...weighted.map(([weight, parts]) => ({
      weight,
      arbitrary: fc.record<object>({ ...common, ...parts }) as fc.Arbitrary<Step>,
    })),
  ),
  { maxLength: 60, size: "max" },
);
