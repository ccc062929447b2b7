import { describe, expect, test } from "vitest";
import { judge, type Acknowledged, type Evidence, type Stored } from "./checker.ts";
import { readSight, type Sight } from "./sight.ts";

const stored: Stored[] = [1, 2, 3].map((seq) => ({
  id: 100 + seq,
  conversation: 9,
  seq,
  sender: 1,
  members: [1, 2],
  clientId: `key-${seq}`,
  text: `text ${seq}`,
}));

const place = { at: 0, connection: 0 };

function message(seq: number, change: object = {}): Sight {
  const data = { id: 100 + seq, conversation: 9, seq, sender: 1, message: `text ${seq}` };
  const all = { ...data, client_id: `key-${seq}`, ...change };
  return readSight("message", all, { ...place, eventId: `e-${seq}` });
}

function receipt(time: string): Sight {
  const data = { message_id: 101, read_at: time };
  return readSight("read_receipt", data, { ...place, eventId: null });
}

function reset(number: number): Sight {
  return readSight("reset", {}, { ...place, eventId: `f-${number}` });
}

function page(...seqs: number[]): Sight {
  const messages = seqs.map((seq) => stored[seq - 1]!);
  return { ...place, kind: "page", messages, eventId: null };
}

function acknowledgement({ id, seq, text, clientId }: Stored): Acknowledged {
  return { key: clientId ?? "", sender: 1, receiver: 2, text, id, seq, at: 0 };
}

const good = [message(1), message(2), message(3)];

function evidence(sights: Sight[], change: Partial<Evidence> = {}): Evidence {
  return {
    acknowledged: stored.map((each) => acknowledgement(each)),
    stored,
    views: [
      { userId: 1, name: "writer", sights: good },
      { userId: 2, name: "reader", sights },
    ],
    unread: [{ userId: 2, answered: { 9: 3 }, counted: { 9: 3 } }],
    faults: [],
    regressions: [],
    ...change,
  };
}

function broken(given: Evidence): string[] {
  return [...new Set(judge(given).violations.map(({ invariant }) => invariant))].toSorted();
}

describe("the checker", () => {
  test("is content with what was shown once, in order, live or on a page", () => {
    const judged = judge(evidence(good));
    expect(judged).toMatchObject({ violations: [], acknowledged: 3, stored: 3, seen: 6, due: 6 });
    expect([judged.wireDuplicates, judged.screenDuplicates]).toEqual([0, 0]);
    expect(broken(evidence([message(1), reset(7), page(3, 2, 1)]))).toEqual([]);
    expect(broken(evidence([...good, receipt("now"), receipt("now")]))).toEqual([]);
  });

  test("misses an acknowledged message that is not stored", () => {
    const two = stored.slice(0, 2);
    expect(broken(evidence(good.slice(0, 2), { stored: two }))).toEqual(["I1", "I3"]);
  });

  test("misses an acknowledged message that is stored elsewhere or altered", () => {
    for (const change of [{ seq: 4 }, { id: 999 }, { text: "other" }, { members: [1, 5] }]) {
      const altered = stored.map((each) => (each.seq === 2 ? { ...each, ...change } : each));
      expect(broken(evidence(good, { stored: altered }))).toContain("I1");
    }
  });

  test("misses a stored message that a member is not shown", () => {
    expect(broken(evidence(good.slice(0, 2)))).toEqual(["I1"]);
    const [judged] = [judge(evidence(good.slice(0, 2)))];
    expect([judged.seen, judged.due]).toEqual([5, 6]);
  });

  test("sees what was written once and is stored or shown twice", () => {
    const twin = { ...stored[2]!, id: 104, seq: 4 };
    const shown = [...good, message(4, { client_id: "key-3", message: "text 3" })];
    const given = evidence(shown, { stored: [...stored, twin] });
    expect(broken(given)).toContain("I2");
    expect(judge(given).screenDuplicates).toBe(1);
  });

  test("sees what is shown and not stored, or shown altered", () => {
    expect(broken(evidence([...good, message(4)]))).toEqual(["I3"]);
    expect(broken(evidence([message(1), message(2, { message: "lie" }), message(3)]))).toEqual([
      "I3",
    ]);
  });

  test("sees messages out of order, live and on a page", () => {
    const swapped = [message(1), message(3), message(2)].map((sight, index) => ({
      ...sight,
      eventId: `e-${index + 1}`,
    }));
    expect(broken(evidence(swapped))).toEqual(["I4"]);
    expect(broken(evidence([reset(7), page(3, 1, 2)]))).toEqual(["I4"]);
  });

  test("sees an event left out, come twice, or of another epoch without a reset", () => {
    const later = { ...message(3), eventId: "e-4" };
    expect(broken(evidence([message(1), message(2), later]))).toEqual(["I5"]);
    const other = { ...message(3), eventId: "f-3" };
    expect(broken(evidence([message(1), message(2), other]))).toEqual(["I5"]);
    const twice = judge(evidence([message(1), message(2), message(2), message(3)]));
    expect(twice.wireDuplicates).toBe(1);
    expect(twice.violations.map(({ invariant }) => invariant)).toContain("I5");
  });

  test("sees a wrong count, a receipt that changed, and what Postgres itself gets wrong", () => {
    const unread = [{ userId: 2, answered: { 9: 2 }, counted: { 9: 3 } }];
    expect(broken(evidence(good, { unread }))).toEqual(["I6"]);
    expect(broken(evidence([...good, receipt("now"), receipt("later")]))).toEqual(["I7"]);
    expect(broken(evidence(good, { regressions: [{ id: 101 }] }))).toEqual(["I7"]);
    expect(broken(evidence(good, { faults: [{ fault: "numbers" }] }))).toEqual(["I1"]);
  });
});
