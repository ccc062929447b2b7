import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";

/** The list takes 150 ms without a scroll event for the end of scrolling. */
const reminderMs = 100;

interface KeptPlace {
  list: RefObject<VirtualizerHandle | null>;
  /** The element that scrolls. */
  container: RefObject<HTMLElement | null>;
  items: readonly unknown[];
  /** Lines came in above with these items. */
  shift: boolean;
}

/**
 * Tells the list of what it has scrolled itself, before the next frame does. A timer that comes between takes it for
 * scrolling of the reader's: then lines in view stay undrawn or jump. Answers what to call after lines were measured.
 */
export function useKeptPlace({ list, container, items, shift }: KeptPlace): () => void {
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  useEffect(() => () => clearInterval(timer.current), []);
  useLayoutEffect(() => {
    if (!shift) return;
    const tell = () => container.current?.dispatchEvent(new Event("scroll"));
    // Not before the list is done with its own part of this.
    queueMicrotask(tell);
    // It goes on keeping the place of what came in above until the end of scrolling; that must be measured by then.
    clearInterval(timer.current);
    const running = setInterval(tell, reminderMs);
    timer.current = running;
    requestAnimationFrame(() => requestAnimationFrame(() => clearInterval(running)));
    // Only these items decide: the list is drawn again without a shift before it has measured them.
  }, [items]);
  return useCallback(() => {
    const { current } = container;
    if (!current || !list.current || current.scrollTop === list.current.scrollOffset) return;
    current.dispatchEvent(new Event("scroll"));
  }, [list, container]);
}
