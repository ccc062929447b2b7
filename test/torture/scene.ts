import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../support/people.ts";
import { inParallel } from "../support/send-load.ts";
import { unreadFromApi } from "../support/unread-check.ts";
import { judge, type Acknowledged, type Judgement, type Violation } from "./checker.ts";
import { createDice, type Dice } from "./dice.ts";
import type { Surface } from "./link.ts";
import type { Figure } from "./outcome.ts";
import type { Sight } from "./sight.ts";
import { createViewer, type Viewer, type ViewerOptions } from "./viewer.ts";
import type { World } from "./world.ts";

/** What one row has to work with, and where it puts what it found. */
export interface Scene {
  readonly world: World;
  readonly dice: Dice;
  readonly name: string;
  /** Short runs are for every change. */
  readonly isShort: boolean;
  people(count: number): Promise<ChatPerson[]>;
  /** Opens a client whose screen must be right in the end. */
  watch(person: ChatPerson, surface: Surface, options?: Partial<ViewerOptions>): Viewer;
  /** Adds a client of another kind. */
  show(screen: Screening): void;
  /** Notes what was acknowledged: it has to be stored. */
  keep(acknowledged: readonly Acknowledged[]): void;
  /** What must be true for the row to pass. */
  measure(name: string, value: number, limit: Limit): void;
  expect(isTrue: boolean, what: string): void;
  /** The fault is over: everything must be well within ten seconds. Answers how long it took, ms. */
  heal(): Promise<number>;
  /** Everything is well at this moment, without waiting. */
  judgeNow(): Promise<Judgement>;
}

/** A client whose screen is judged. */
export interface Screening {
  userId: number;
  name: string;
  sights(): readonly Sight[];
  stop(): void;
}

export interface Limit {
  atMost?: number;
  atLeast?: number;
  unit?: string;
}

/** I8: how long after a fault everything may take to be well again. */
const healLimitMs = 10_000;
const lookEveryMs = 100;

export interface SceneParts {
  /** The row's. */
  id: string;
  world: World;
  seed: number;
  isShort: boolean;
  notes: {
    figures: Figure[];
    violations: string[];
    healMs: number | null;
    judged: Judgement | null;
  };
  cast: {
    people: ChatPerson[];
    views: Screening[];
    acknowledged: Acknowledged[];
  };
}

export function createScene({ id, world, seed, isShort, notes, cast }: SceneParts): Scene {
  const dice = createDice(seed, id);

  async function judgeNow(): Promise<Judgement> {
    const ids = cast.people.map(({ id }) => id);
    const stored = await world.truth.storedFor(ids);
    return judge({
      acknowledged: cast.acknowledged,
      stored,
      views: cast.views.map(({ userId, name, sights }) => ({ userId, name, sights: sights() })),
      unread: await countUnread(world, cast.people),
      faults: await world.sql.faults(),
      regressions: await world.truth.regressions(),
    });
  }

  return {
    world,
    dice,
    name: id.toLowerCase(),
    isShort,
    async people(count) {
      const people = await world.people(count);
      cast.people.push(...people);
      return people;
    },
    watch(person, surface, options = {}) {
      const url = `http://127.0.0.1:${world.server.port}`;
      const viewer = createViewer(person, { url, surface, random: dice.random, ...options });
      cast.views.push({
        userId: person.id,
        name: `${surface} client of user ${person.id}`,
        sights: () => viewer.sights,
        stop: viewer.stop,
      });
      return viewer;
    },
    show: (screen) => void cast.views.push(screen),
    keep: (acknowledged) => void cast.acknowledged.push(...acknowledged),
    measure(name, value, { atMost, atLeast, unit = "" }) {
      const limit = { atMost: atMost ?? null, atLeast: atLeast ?? null };
      notes.figures.push({ name, value, unit, ...limit });
    },
    expect(isTrue, what) {
      if (!isTrue) notes.violations.push(what);
    },
    judgeNow,
    async heal() {
      const healed = performance.now();
      for (;;) {
        const judged = await judgeNow().catch((error: unknown) => failed(error));
        const ms = performance.now() - healed;
        if (judged.violations.length === 0 || ms > healLimitMs) {
          notes.judged = judged;
          notes.healMs = Math.max(notes.healMs ?? 0, ms);
          notes.violations.push(...describe(judged.violations));
          return ms;
        }
        await pause(lookEveryMs);
      }
    },
  };
}

function failed(error: unknown): Judgement {
  const violations: Violation[] = [{ invariant: "I6", what: `no answer: ${String(error)}` }];
  const nothing = { acknowledged: 0, stored: 0, seen: 0, due: 0 };
  return { violations, ...nothing, wireDuplicates: 0, screenDuplicates: 0 };
}

const mostDescribed = 8;
/** Of a crowd that is there for its number only. */
const mostAsked = 60;

function describe(violations: Violation[]): string[] {
  const told = violations.map(({ invariant, what }) => `${invariant} ${what}`);
  const rest = told.length - mostDescribed;
  return rest > 0 ? [...told.slice(0, mostDescribed), `… and ${rest} more`] : told;
}

async function countUnread(world: World, people: ChatPerson[]) {
  const asked = people.slice(0, mostAsked);
  const answers = await inParallel(16, asked, (person) => unreadFromApi(person));
  const counts = await world.truth.unreadOf(asked.map(({ id }) => id));
  return asked.map(({ id }, index) => ({
    userId: id,
    answered: answers[index] ?? {},
    counted: counts.get(id) ?? {},
  }));
}
