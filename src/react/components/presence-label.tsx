import type { ChatUser } from "../../client/chat-user.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { useNow } from "../use-now.ts";

/** Whether someone is there, and otherwise when they last were. */
export function PresenceLabel({ user }: { user: Pick<ChatUser, "is_online" | "last_seen"> }) {
  const strings = useStrings();
  if (user.is_online) return <span className="status online">{strings.online}</span>;
  return (
    <>
      <span className="status offline">{strings.offline}</span>
      {user.last_seen && <LastSeen moment={user.last_seen} />}
    </>
  );
}

function LastSeen({ moment }: { moment: string }) {
  const strings = useStrings();
  const format = useFormat();
  const now = useNow();
  return (
    <time className="parley-last-seen" dateTime={moment} title={format.dateTime(moment)}>
      {strings.lastSeen(format.ago(moment, now))}
    </time>
  );
}
