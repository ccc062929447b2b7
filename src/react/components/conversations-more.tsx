import { useEffect, useRef } from "react";
import { useStrings } from "../strings.ts";

export interface ConversationsMoreProps {
  /** How many are shown: after each page the end may still be in view. */
  shown: number;
  loading: boolean;
  onReach(): void;
}

/** The end of what is loaded; asks for more before the reader comes to it. */
export function ConversationsMore({ shown, loading, onReach }: ConversationsMoreProps) {
  const strings = useStrings();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const end = ref.current;
    if (end === null || loading) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) onReach();
      },
      { root: end.parentElement, rootMargin: "400px" },
    );
    observer.observe(end);
    return () => observer.disconnect();
  }, [shown, loading, onReach]);
  return (
    <div ref={ref} className="conversations-more" role="status">
      {loading && (
        <>
          <span className="parley-spinner" aria-hidden="true" />
          {strings.loadingMore}
        </>
      )}
    </div>
  );
}
