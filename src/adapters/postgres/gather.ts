import { createGathering, type Gathered, type GatheringRule } from "../../core/gathering.ts";
import type { Clock } from "../../ports/clock.ts";

interface GatherOptions<Input, Outcome> extends GatheringRule {
  /** Of those with the same key only one is in a group. */
  keyOf: (input: Input) => string;
  /** Answers what became of each; nothing of what has to be done alone. */
  together: (inputs: Input[]) => Promise<(input: Input) => Outcome | undefined>;
  /** How long one waits for others: where whoever leads may be broken off, and nothing else has a time limit. */
  patience?: { ms: number; clock: Pick<Clock, "every"> };
}

interface Waiting<Input, Outcome> extends Gathered {
  input: Input;
  answer(outcome: Outcome | undefined): void;
}

/** Does together what waits at the same moment; whatever is wrong with one of a group is found when each is alone. */
export function createGather<Input, Outcome>(
  options: GatherOptions<Input, Outcome>,
): (input: Input) => Promise<Outcome | undefined> {
  const { keyOf, together, patience } = options;
  const gathering = createGathering<Waiting<Input, Outcome>>(options);

  async function lead(leader: Waiting<Input, Outcome>): Promise<Outcome | undefined> {
    const taken = gathering.take(leader, Date.now());
    const outcomeOf = await together(taken.map(({ input }) => input)).catch(() => () => undefined);
    for (const { input, answer } of taken) answer(outcomeOf(input));
    gathering.done(leader, Date.now());
    return outcomeOf(leader.input);
  }

  return async (input) => {
    type Next = () => Promise<Outcome | undefined>;
    // A promise of its own: on some platforms what follows belongs to whoever made it.
    const { promise, resolve } = Promise.withResolvers<Next>();
    const waiting: Waiting<Input, Outcome> = {
      key: keyOf(input),
      input,
      lead: () => resolve(() => lead(waiting)),
      answer: (outcome) => resolve(async () => outcome),
    };
    gathering.enter(waiting, Date.now());
    const stop = patience?.clock.every(patience.ms, () => {
      gathering.leave(waiting);
      resolve(async () => undefined);
    });
    const next = await promise;
    stop?.();
    return next();
  };
}
