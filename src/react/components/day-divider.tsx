import { useFormat } from "../format.ts";
import { useNow } from "../use-now.ts";

export function DayDivider({ timestamp }: { timestamp: string }) {
  const format = useFormat();
  const now = useNow();
  return (
    <div className="parley-day">
      <time dateTime={format.dayKey(timestamp)}>{format.day(timestamp, now)}</time>
    </div>
  );
}
