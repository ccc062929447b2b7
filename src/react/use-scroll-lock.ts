import { useEffect } from "react";

let holders = 0;
let restore: (() => void) | null = null;

/** The page's own styles, as they were before. */
function stopScrolling(): () => void {
  const { documentElement: root } = document;
  const { overflow, paddingInlineEnd } = root.style;
  const gap = innerWidth - root.clientWidth;
  root.style.overflow = "hidden";
  // What the scroll bar took stays free, so that nothing moves.
  if (gap > 0) root.style.paddingInlineEnd = `${gap}px`;
  return () => {
    root.style.overflow = overflow;
    root.style.paddingInlineEnd = paddingInlineEnd;
  };
}

/** Keeps the page behind from scrolling as long as anyone wants it. */
export function useScrollLock(locked: boolean): void {
  useEffect(() => {
    if (!locked) return;
    holders += 1;
    restore ??= stopScrolling();
    return () => {
      holders -= 1;
      if (holders > 0) return;
      restore?.();
      restore = null;
    };
  }, [locked]);
}
