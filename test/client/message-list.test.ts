import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addMessage,
  addRun,
  applyReceipt,
  createMessageList,
  hasOlder,
  keepFrom,
  removePending,
  setPending,
} from "../../src/client/message-list.ts";
import type { MessageList } from "../../src/client/message-list.ts";
import { createOutgoing, toPendingRow } from "../../src/client/outbox-entry.ts";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { otherId, ownMessage, receivedMessage, run } from "./support/sample-messages.ts";

const readAt = "2026-01-09T12:00:00.000Z";
const deliveredAt = "2026-01-09T11:00:00.000Z";
const length = 12;

/** Every second one is the viewer's own. */
const history: ChatMessage[] = run(1, length).map((seq) =>
  seq % 2 === 0 ? ownMessage(seq) : receivedMessage(seq),
);

function pendingRow(seq: number) {
  const entry = { ...createOutgoing(otherId, { text: `message ${seq}` }, seq) };
  const context = { viewer: null, other: null, previewUrl: null, progress: null };
  return toPendingRow({ ...entry, client_id: `own-${seq}` }, context);
}

type Step =
  | { kind: "message"; seq: number }
  | { kind: "page"; first: number; last: number }
  | { kind: "delivered" | "read"; seq: number }
  | { kind: "pending"; seq: number };

const seq = fc.integer({ min: 1, max: length });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("message" as const), seq }),
  fc
    .tuple(seq, seq)
    .map(([a, b]) => ({ kind: "page" as const, first: Math.min(a, b), last: Math.max(a, b) })),
  fc.record({ kind: fc.constantFrom("delivered" as const, "read" as const), seq }),
  fc.record({ kind: fc.constant("pending" as const), seq: seq.filter((n) => n % 2 === 0) }),
);

function take(list: MessageList, step: Step): MessageList {
  switch (step.kind) {
    case "message":
      return addMessage(list, history[step.seq - 1]!);
    case "page":
      return addRun(list, history.slice(step.first - 1, step.last).toReversed());
    case "pending":
      return setPending(list, pendingRow(step.seq));
    default:
      return applyReceipt(list, {
        conversation_id: 1,
        message_ids: [1_000 + step.seq],
        delivered_at: deliveredAt,
        read_at: step.kind === "read" ? readAt : null,
      });
  }
}

const ranks = ["sending", "sent", "delivered", "read"];

describe("whatever comes in whatever order, often", () => {
  test("shows a run without holes, and each message once", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const list = steps.reduce(take, createMessageList(otherId));
        const stored = list.rows.filter((row) => row.seq > 0);
        expect(list.rows.slice(0, stored.length)).toEqual(stored);
        const first = stored[0]?.seq ?? 1;
        expect(stored.map((row) => row.seq)).toEqual(run(first, first + stored.length - 1));
        expect(new Set(list.rows.map(({ key }) => key)).size).toBe(list.rows.length);
        const texts = list.rows.map((row) => row.message);
        expect(new Set(texts).size).toBe(texts.length);
        expect(hasOlder(list)).toBe(stored.length > 0 && stored[0]!.seq > 1);
      }),
    );
  });

  test("never takes a receipt back, nor a row's key", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let list = createMessageList(otherId);
        for (const each of steps) {
          const before = new Map(list.rows.map((row) => [row.message, row]));
          list = take(list, each);
          for (const row of list.rows) {
            const known = before.get(row.message);
            expect(row.key).toBe(known?.key ?? row.key);
            const rank = ranks.indexOf(known?.status ?? "sending");
            expect(ranks.indexOf(row.status)).toBeGreaterThanOrEqual(rank);
          }
        }
      }),
    );
  });

  test("ends with everything once the whole history was read", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const list = addRun(steps.reduce(take, createMessageList(otherId)), history);
        expect(list.rows.map((row) => row.seq)).toEqual(run(1, length));
        expect(list.ahead).toEqual([]);
        expect(list.pending).toEqual([]);
      }),
    );
  });

  test("changes nothing when it comes again", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), step, (steps, last) => {
        const list = take(steps.reduce(take, createMessageList(otherId)), last);
        if (last.kind === "pending") return;
        expect(take(list, last)).toBe(list);
      }),
    );
  });
});

describe("an own message", () => {
  test("takes the place of its optimistic row, under the same key", () => {
    const before = setPending(
      addRun(createMessageList(otherId), history.slice(0, 3)),
      pendingRow(4),
    );
    const after = addMessage(before, history[3]!);
    expect(before.rows.map(({ status }) => status)).toEqual(["sent", "sent", "sent", "sending"]);
    expect(after.rows.map(({ key }) => key)).toEqual(before.rows.map(({ key }) => key));
    expect(after.rows.at(-1)).toMatchObject({ id: 1_004, status: "sent" });
  });

  test("stays where it is while one before it is missing", () => {
    const waiting = setPending(
      addRun(createMessageList(otherId), history.slice(0, 2)),
      pendingRow(4),
    );
    const answered = addMessage(waiting, history[3]!);
    expect(answered.rows).toBe(waiting.rows);
    expect(addMessage(answered, history[2]!).rows.map((row) => row.seq)).toEqual([1, 2, 3, 4]);
  });

  test("is not shown again once it is stored", () => {
    const stored = addRun(createMessageList(otherId), history);
    expect(setPending(stored, pendingRow(4)).rows.length).toBe(length);
  });

  test("goes in the order in which it was written, and can be taken back", () => {
    const list = [6, 2, 4].map(pendingRow).reduce(setPending, createMessageList(otherId));
    expect(list.rows.map(({ message }) => message)).toEqual([
      "message 2",
      "message 4",
      "message 6",
    ]);
    expect(removePending(list, "own-4").rows.map(({ message }) => message)).toEqual([
      "message 2",
      "message 6",
    ]);
  });

  test("is not taken for somebody else's of the same client_id", () => {
    const pending = setPending(createMessageList(otherId), pendingRow(4));
    const list = addMessage(pending, receivedMessage(1, { client_id: "own-4" }));
    expect(list.rows.map(({ mine }) => mine)).toEqual([false, true]);
  });
});

describe("a page", () => {
  test("that does not touch what is known takes its place", () => {
    const old = addRun(createMessageList(otherId), history.slice(0, 3));
    const list = addRun(old, history.slice(6, 9));
    expect(list.rows.map((row) => row.seq)).toEqual([7, 8, 9]);
    expect(hasOlder(list)).toBe(true);
  });

  test("of older ones that do not touch what is known is passed over", () => {
    const list = addRun(createMessageList(otherId), history.slice(6, 9));
    expect(addRun(list, history.slice(0, 3))).toBe(list);
  });

  test("with a hole shows only what follows it", () => {
    const list = addRun(createMessageList(otherId), [history[0]!, history[4]!, history[5]!]);
    expect(list.rows.map((row) => row.seq)).toEqual([5, 6]);
  });

  test("can be made the beginning", () => {
    const list = addRun(createMessageList(otherId), history);
    expect(keepFrom(list, 9).rows.map((row) => row.seq)).toEqual([9, 10, 11, 12]);
    expect(keepFrom(list, 1)).toBe(list);
  });
});

test("a read message is delivered, whatever is said of it later", () => {
  const receipt = { conversation_id: 1, message_ids: [1_002], delivered_at: readAt };
  const list = addRun(createMessageList(otherId), history);
  const read = applyReceipt(list, { ...receipt, read_at: readAt });
  expect(read.rows[1]).toMatchObject({ status: "read", delivered_at: readAt, is_read: true });
  expect(applyReceipt(read, { ...receipt, read_at: null })).toBe(read);
});

/** The same list, and how often anything in it was looked at. */
function counted<T>(list: readonly T[]): { list: T[]; looks(): number } {
  let looks = 0;
  const get = (target: T[], name: string | symbol): unknown => {
    if (typeof name === "string" && /^\d+$/.test(name)) looks += 1;
    return Reflect.get(target, name);
  };
  return { list: new Proxy([...list], { get }), looks: () => looks };
}

test("ten thousand rows are looked at a few times for an event, and for ten thousand receipts", () => {
  const many = addRun(
    createMessageList(otherId),
    run(1, 10_000).map((seq) => ownMessage(seq)),
  );
  const rows = counted(many.stored);
  const list = { ...many, stored: rows.list, rows: rows.list };
  expect(addMessage(list, ownMessage(10_001)).rows).toHaveLength(10_001);
  expect(rows.looks()).toBeLessThan(40_000);

  const ids = counted(many.stored.map(({ id }) => id));
  const read = { conversation_id: 1, message_ids: ids.list, delivered_at: readAt, read_at: readAt };
  const before = rows.looks();
  expect(applyReceipt(list, read).rows.every(({ status }) => status === "read")).toBe(true);
  expect(rows.looks() - before).toBeLessThan(40_000);
  expect(ids.looks()).toBeLessThan(40_000);
});
