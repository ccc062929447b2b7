import type { ChatPerson } from "../support/people.ts";
import type { Surface } from "./link.ts";
import { planLoad, runLoad, type Load, type LoadOptions } from "./load.ts";
import type { Scene } from "./scene.ts";
import type { Viewer, ViewerOptions } from "./viewer.ts";

/** Forty people in twenty conversations, half on event streams, half on the two sockets. */
export interface Crowd {
  readonly viewers: Viewer[];
  readonly pairs: (readonly [Viewer, Viewer])[];
  readonly ids: number[];
  /** The row's load: sends, a fifth of them twice, and some reading; notes what was acknowledged. */
  load(options?: Partial<LoadOptions>): Promise<Load>;
}

const surfaces: Surface[] = ["sse", "chat", "sse", "messaging"];
const usual: LoadOptions = { perSecond: 40, seconds: 5, readsPerSecond: 3 };

export async function gather(
  scene: Scene,
  { users = 40, options }: { users?: number; options?: Partial<ViewerOptions> } = {},
): Promise<Crowd> {
  const people = await scene.people(users);
  const viewers = people.map((person, index) =>
    // A socket on /ws/chat/ may leave acknowledging alone.
    scene.watch(person, surfaces[index % 4] ?? "sse", {
      acknowledges: index % 8 !== 1,
      ...options,
    }),
  );
  await Promise.all(viewers.map((viewer) => viewer.whenLive()));
  // Everybody writes across the surfaces.
  const pairs = viewers.flatMap((viewer, index) => {
    const partner = viewers[index + 1];
    return index % 2 === 0 && partner ? [[viewer, partner] as const] : [];
  });
  let loads = 0;
  return {
    viewers,
    pairs,
    ids: people.map(({ id }) => id),
    async load(options = {}) {
      const all = { ...usual, ...options };
      loads += 1;
      const name = `${scene.name}-${loads}`;
      const plans = planLoad(pairs, all, { dice: scene.dice, name });
      const readers = planReads(scene, pairs, all);
      const [load] = await Promise.all([runLoad(plans, all), ...readers.map((read) => read())]);
      scene.keep(load.acknowledged);
      for (const key of load.unsent.slice(0, 3)) {
        const tries = load.attempts.filter((each) => each.key === key);
        const told = tries.map(
          ({ status, code, ms, bySocket }) =>
            `${bySocket ? "socket" : "rest"} ${status} ${code} ${Math.round(ms)}`,
        );
        scene.expect(false, `${key}: ${told.join(", ")}`);
      }
      scene.expect(load.unsent.length === 0, `${load.unsent.length} sends were never acknowledged`);
      return load;
    },
  };
}

/** People who read what the other one wrote; what fails is tried no further. */
function planReads(
  { dice }: Scene,
  pairs: Crowd["pairs"],
  { readsPerSecond = 0, seconds }: LoadOptions,
): (() => Promise<void>)[] {
  return Array.from({ length: Math.round(readsPerSecond * seconds) }, () => {
    const [one, other] = dice.pick(pairs);
    const afterMs = dice.roll(seconds * 1_000);
    return () => markRead(one.person, other.person, afterMs);
  });
}

function markRead(reader: ChatPerson, writer: ChatPerson, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const body = { sender_id: writer.id };
      const signal = AbortSignal.timeout(15_000);
      const call = reader.call("chats/mark-read/", { body, signal });
      call
        .then((response) => response.text())
        .then(
          () => resolve(),
          () => resolve(),
        );
    }, afterMs);
  });
}
