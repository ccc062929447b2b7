import { useCallback, useRef, type KeyboardEvent, type RefObject } from "react";

const options = '[role="option"]';

/** Which of so many comes with a key, from the one that has the focus; null where the key means nothing here. */
function indexAfter(key: string, { from, count }: { from: number; count: number }): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(from + 1, count - 1);
    case "ArrowUp":
      return Math.max(from - 1, 0);
    case "PageDown":
      return Math.min(from + 8, count - 1);
    case "PageUp":
      return Math.max(from - 8, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The keys of a list box: arrows move the focus, Enter and the space bar choose. */
export function useRovingFocus(): {
  ref: RefObject<HTMLDivElement | null>;
  onKeyDown(event: KeyboardEvent): void;
} {
  const ref = useRef<HTMLDivElement | null>(null);
  const onKeyDown = useCallback((event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = [...(ref.current?.querySelectorAll<HTMLElement>(options) ?? [])];
    const from = all.indexOf((event.target as HTMLElement).closest<HTMLElement>(options)!);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      all[from]?.click();
      return;
    }
    const next = indexAfter(event.key, { from, count: all.length });
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  }, []);
  return { ref, onKeyDown };
}
