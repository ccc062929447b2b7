import { useEffect, useRef, useState } from "react";
import type { MessageRow } from "../../client/message-row.ts";
import { useStrings } from "../strings.ts";

/** Has messages of the other read out that come while the chat is open; never history, which is no news. */
export function Announcer({ messages }: { messages: readonly MessageRow[] }) {
  const strings = useStrings();
  const [text, setText] = useState("");
  const newest = messages.findLast(({ seq }) => seq > 0);
  const heard = useRef(newest?.seq ?? 0);
  useEffect(() => {
    if (!newest || newest.seq <= heard.current) return;
    heard.current = newest.seq;
    if (newest.mine) return;
    const name = newest.sender_name || newest.sender_username;
    setText(`${strings.messageFrom(name)} ${newest.message || strings.attachment}`);
  }, [newest, strings]);
  return (
    <div className="parley-hidden" aria-live="polite">
      {text}
    </div>
  );
}
