import { Database } from "bun:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createWriteGate } from "../../../src/platforms/bun/write-gate.ts";

function openGate(onLoss: (error: unknown) => void = () => undefined) {
  const database = new Database(":memory:");
  database.run("CREATE TABLE notes (text TEXT NOT NULL)");
  const gate = createWriteGate(database, { onLoss });
  const said: string[] = [];
  return {
    database,
    gate,
    said,
    write(text: string) {
      gate.open();
      database.run("INSERT INTO notes VALUES (?)", [text]);
    },
    say: (text: string) => gate.afterwards(() => said.push(text)),
    notes: () => database.query("SELECT text FROM notes").values().flat(),
  };
}

describe("what is said", () => {
  it("waits, in order, until what was written before it is kept [HUB-3]", async () => {
    const { gate, said, write, say, database } = openGate();
    say("at once");
    expect(said).toEqual(["at once"]);
    write("a");
    say("after a");
    write("b");
    say("after b");
    expect(said).toEqual(["at once"]);
    expect(database.inTransaction).toBe(true);
    await gate.kept();
    expect(database.inTransaction).toBe(false);
    expect(said).toEqual(["at once", "after a", "after b"]);
  });

  it("is not said when nothing was kept, and whoever waits is told [HUB-3]", async () => {
    const losses: unknown[] = [];
    const { gate, said, write, say, notes, database } = openGate((error) => losses.push(error));
    write("a");
    say("after a");
    const kept = gate.kept();
    // What a full disk does to a transaction.
    database.run("ROLLBACK");
    await expect(kept).rejects.toThrow(/transaction/);
    expect([said, losses.length, notes()]).toEqual([[], 1, []]);
    write("b");
    say("after b");
    await gate.kept();
    expect([said, notes()]).toEqual([["after b"], ["b"]]);
  });
});

describe("one turn's writes", () => {
  it("are kept by flush at once, and by the next turn at the latest", async () => {
    const { gate, write, notes, database } = openGate();
    write("a");
    gate.flush();
    expect(database.inTransaction).toBe(false);
    write("b");
    await nextTurn();
    await nextTurn();
    expect(database.inTransaction).toBe(false);
    expect(notes()).toEqual(["a", "b"]);
  });
});
