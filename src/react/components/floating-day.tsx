import { useEffect, useState } from "react";
import type { Readable } from "../../client/readable.ts";
import { useReadable } from "../use-readable.ts";
import { DayDivider } from "./day-divider.tsx";

/** Over the top of the list while it scrolls: the day that the messages there are of. */
export function FloatingDay({ moment }: { moment: Readable<string | null> }) {
  const now = useReadable(moment);
  const [last, setLast] = useState(now);
  useEffect(() => {
    // What fades out still says its day.
    if (now !== null) setLast(now);
  }, [now]);
  const shown = now ?? last;
  return (
    <div className="parley-floating-day" data-hidden={now === null || undefined} aria-hidden="true">
      {shown !== null && <DayDivider timestamp={shown} />}
    </div>
  );
}
