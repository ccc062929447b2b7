import { useStrings } from "../strings.ts";

export function UnreadDivider() {
  const strings = useStrings();
  return (
    <div className="parley-unread">
      <span>{strings.newMessages}</span>
    </div>
  );
}
