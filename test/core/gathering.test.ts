import { describe, expect, it } from "vitest";
import { createGathering, type Gathered } from "../../src/core/gathering.ts";

interface Person extends Gathered {
  name: string;
}

function setUp(rule = { most: 3, atOnce: 1 }) {
  const leaders: string[] = [];
  const gathering = createGathering<Person>(rule);
  const enter = (name: string, key = name, now = 0): Person => {
    const person = { name, key, lead: () => void leaders.push(name) };
    gathering.enter(person, now);
    return person;
  };
  const take = (leader: Person): string[] => gathering.take(leader, 0).map(({ name }) => name);
  return { gathering, leaders, enter, take };
}

describe("what is done together", () => {
  it("is led by the first, who takes along whoever came until it began", () => {
    const { leaders, enter, take } = setUp();
    const first = enter("a");
    for (const name of ["b", "c", "d"]) enter(name);
    expect(leaders).toEqual(["a"]);
    expect(take(first)).toEqual(["a", "b", "c"]);
  });

  it("is done without who waits no longer", () => {
    const { gathering, leaders, enter, take } = setUp();
    const first = enter("a");
    take(first);
    const impatient = enter("b");
    enter("c");
    gathering.leave(impatient);
    gathering.done(first, 1);
    expect(leaders).toEqual(["a", "c"]);
  });

  it("is followed by those who came meanwhile, led by one of them", () => {
    const { gathering, leaders, enter, take } = setUp();
    const first = enter("a");
    take(first);
    const second = enter("b");
    enter("c");
    expect(leaders).toEqual(["a"]);
    gathering.done(first, 1);
    expect(leaders).toEqual(["a", "b"]);
    expect(take(second)).toEqual(["b", "c"]);
  });

  it("holds one of each key at a time, in their order", () => {
    const { gathering, leaders, enter, take } = setUp({ most: 9, atOnce: 2 });
    const first = enter("a", "x");
    const second = enter("b", "x");
    enter("c", "y");
    enter("d", "x");
    expect(take(first)).toEqual(["a", "c"]);
    expect(leaders).toEqual(["a"]);
    gathering.done(first, 1);
    expect(leaders).toEqual(["a", "b"]);
    expect(take(second)).toEqual(["b"]);
  });

  it("begins beside another only once that one has begun", () => {
    const { leaders, enter, take } = setUp({ most: 2, atOnce: 2 });
    const first = enter("a");
    for (const name of ["b", "c", "d", "e"]) enter(name);
    expect(leaders).toEqual(["a"]);
    expect(take(first)).toEqual(["a", "b"]);
    expect(leaders).toEqual(["a", "c"]);
  });

  it("begins beside a large one only where it is no small one", () => {
    const { gathering, leaders, enter, take } = setUp({ most: 9, atOnce: 2 });
    const first = enter("a");
    for (const name of ["b", "c", "d"]) enter(name);
    expect(take(first)).toHaveLength(4);
    const second = enter("e");
    expect(leaders).toEqual(["a"]);
    enter("f");
    expect(leaders).toEqual(["a", "e"]);
    expect(take(second)).toEqual(["e", "f"]);
    enter("g");
    gathering.done(second, 1);
    expect(leaders).toEqual(["a", "e"]);
    gathering.done(first, 2);
    expect(leaders).toEqual(["a", "e", "g"]);
  });

  it("goes on after a leader that was broken off", () => {
    const { leaders, enter, take } = setUp();
    take(enter("a", "x"));
    enter("b", "x", 2_999);
    expect(leaders).toEqual(["a"]);
    enter("c", "y", 3_000);
    expect(leaders).toEqual(["a", "b"]);
  });

  it("does not wait for a leader that does not begin", () => {
    const { leaders, enter } = setUp();
    for (const [name, now] of [
      ["a", 0],
      ["b", 249],
      ["c", 250],
      ["d", 499],
      ["e", 500],
    ] as const)
      enter(name, name, now);
    expect(leaders).toEqual(["a", "b", "c"]);
  });
});
