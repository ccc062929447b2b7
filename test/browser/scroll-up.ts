import type { Page } from "playwright-core";

export interface ScrollOptions {
  /** Pixels in each frame. */
  step: number;
  /** So many messages are enough; all of them unless given. */
  messages?: number;
  limitMs: number;
}

/** What was on the screen while it scrolled, frame by frame. */
export interface Scrolled {
  frames: number;
  /** Different ones that were in the view. */
  messages: number;
  /** The tallest part of the list, in pixels, over which no line was drawn. */
  tallestGap: number;
  /** By how many pixels a line moved farther than it was scrolled, or the other way. */
  farthestJump: number;
  isAtBeginning: boolean;
}

/** Scrolls a conversation to its beginning, and looks at each frame after it was painted. */
export function scrollUp(page: Page, options: ScrollOptions): Promise<Scrolled> {
  return page.evaluate(
    // oxlint-disable-next-line max-lines-per-function -- it runs in the page, all in one
    async ({ step, messages, limitMs }) => {
      const list = document.querySelector(".messages-container")!;
      const lines = ".parley-row, .parley-day, .parley-beginning, .parley-end";
      const keys = new Set<string>();
      const seen = { frames: 0, tallestGap: 0, farthestJump: 0, isAtBeginning: false };
      /** What is seen after everybody else has answered to the frame is what will be painted. */
      const frame = (scroll: () => void) =>
        new Promise<void>((resolve) => {
          requestAnimationFrame(() => {
            scroll();
            const last = new ResizeObserver(() => {
              last.disconnect();
              resolve();
            });
            last.observe(list);
          });
        });

      function look(): Map<Element, number> {
        const view = list.getBoundingClientRect();
        const tops = new Map<Element, number>();
        let [covered, gap] = [view.top, 0];
        const drawn = [...list.querySelectorAll<HTMLElement>(lines)]
          .map((line) => ({ line, box: line.getBoundingClientRect() }))
          .filter(({ line }) => line.checkVisibility({ visibilityProperty: true }))
          .toSorted((one, two) => one.box.top - two.box.top);
        for (const { line, box } of drawn) {
          if (box.bottom < view.top || box.top > view.bottom) continue;
          gap = Math.max(gap, box.top - covered);
          covered = Math.max(covered, box.bottom);
          tops.set(line, box.top);
          if (line.dataset["key"]) keys.add(line.dataset["key"]);
        }
        seen.tallestGap = Math.max(seen.tallestGap, gap, view.bottom - covered);
        return tops;
      }

      const until = performance.now() + limitMs;
      let before = look();
      let asked = 0;
      const isEnough = () => seen.isAtBeginning || keys.size >= (messages ?? Infinity);
      while (performance.now() < until && !isEnough()) {
        await frame(() => {
          asked = Math.min(step, list.scrollTop);
          list.scrollTop -= asked;
        });
        seen.frames += 1;
        const now = look();
        for (const [line, top] of now) {
          const was = before.get(line);
          if (was !== undefined) {
            seen.farthestJump = Math.max(seen.farthestJump, top - was - asked, was - top);
          }
        }
        before = now;
        seen.isAtBeginning =
          list.scrollTop <= 0 && list.querySelector(".parley-beginning") !== null;
      }
      return { ...seen, messages: keys.size };
    },
    options,
  );
}
