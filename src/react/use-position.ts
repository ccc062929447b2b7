import { useEffect, useMemo, useRef, type RefObject } from "react";

/** Nearer to the end than this, in pixels, the newest message counts as in view. */
const endZone = 24;
/** So long after the reader did something, ms, what moves may be their doing. */
const actionMs = 1_000;
/** What people scroll with: the wheel, a finger, the keyboard, the bar. */
const actions = ["wheel", "touchmove", "keydown", "pointerdown"] as const;

/** Where the view stands in a list that scrolls. */
export interface Position {
  isAtEnd(): boolean;
  /** The reader has left the end since it was noted, though the event of that may still be to come. */
  hasLeft(): boolean;
  note(): void;
}

interface Place {
  top: number;
  height: number;
  view: number;
}

const nowhere: Place = { top: 0, height: 0, view: 0 };

export function usePosition(container: RefObject<HTMLElement | null>): Position {
  const noted = useRef(nowhere);
  const actedAt = useRef(-Infinity);
  useEffect(() => {
    const { current } = container;
    const act = () => (actedAt.current = performance.now());
    for (const action of actions) current?.addEventListener(action, act, { passive: true });
    return () => {
      for (const action of actions) current?.removeEventListener(action, act);
    };
  }, [container]);
  return useMemo(() => {
    const now = () => (container.current ? placeOf(container.current) : nowhere);
    return {
      isAtEnd() {
        const { top, height, view } = now();
        return height - view - top <= endZone;
      },
      hasLeft() {
        const place = now();
        if (!isAbove(place, noted.current)) return false;
        const { height, view } = noted.current;
        // Lines that grow and shrink at a time move the view as far as anybody.
        if (place.height !== height || place.view !== view)
          return performance.now() - actedAt.current < actionMs;
        return true;
      },
      note() {
        noted.current = now();
      },
    };
  }, [container]);
}

function placeOf({ scrollTop: top, scrollHeight: height, clientHeight: view }: Element): Place {
  return { top, height, view };
}

/** Further up than where less to show and a taller view take it by themselves. */
function isAbove(place: Place, noted: Place): boolean {
  const less = Math.max(0, noted.height - place.height);
  const taller = Math.max(0, place.view - noted.view);
  return place.top < noted.top - less - taller - endZone;
}
