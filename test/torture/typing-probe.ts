import { setTimeout as pause } from "node:timers/promises";
import { isSight } from "./sight.ts";
import type { Viewer } from "./viewer.ts";

export interface TypingTimes {
  /** From the request to the other one's screen, ms. */
  times: number[];
  lost: number;
}

/** Once a second the first of each pair tells the second that they type, or no longer. */
export async function measureTyping(
  pairs: readonly (readonly [Viewer, Viewer])[],
  seconds: number,
): Promise<TypingTimes> {
  const result: TypingTimes = { times: [], lost: 0 };
  for (let second = 0; second < seconds; second += 1) {
    const isTyping = second % 2 === 0;
    await Promise.all([
      pause(1_050),
      ...pairs.map(async ([from, to]) => {
        const before = countTyping(to);
        const started = performance.now();
        const body = { receiver_id: to.person.id, is_typing: isTyping };
        await from.person.call("chats/typing/", { body, signal: AbortSignal.timeout(10_000) });
        while (countTyping(to) === before && performance.now() - started < 1_000) await pause(2);
        const shown = typingOf(to).at(-1)?.at ?? 0;
        if (shown >= started) result.times.push(shown - started);
        else result.lost += 1;
      }),
    ]);
  }
  return result;
}

export function typingOf(viewer: Viewer) {
  return viewer.sights.filter(isSight("signal")).filter(({ name }) => name === "typing");
}

function countTyping(viewer: Viewer): number {
  return typingOf(viewer).length;
}
