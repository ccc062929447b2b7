import { useEffect, type RefObject } from "react";
import type { Thread } from "../client/thread.ts";

function isWatched(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

interface SeenOptions {
  /** The list stood at its end when it was drawn. */
  inView: boolean;
  /** It still does: what was just drawn may have moved it to the first unread message. */
  follows: RefObject<boolean>;
  /** The newest message's key. */
  newest: string | null;
  /** Where the list ends on the page, which may be scrolled elsewhere. */
  end: RefObject<HTMLElement | null>;
}

/** Says that the newest message was seen: only while it is in view, on a page that is shown and has the focus. */
export function useSeen(thread: Thread, { inView, follows, newest, end }: SeenOptions): void {
  useEffect(() => {
    if (!inView || newest === null || !end.current) return;
    let isOnScreen = false;
    const tell = () => {
      if (isOnScreen && follows.current && isWatched()) thread.seen();
    };
    const observer = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)?.isIntersecting ?? false;
      tell();
    });
    observer.observe(end.current);
    addEventListener("focus", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      observer.disconnect();
      removeEventListener("focus", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [thread, inView, follows, newest, end]);
}
