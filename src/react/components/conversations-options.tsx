import { useState } from "react";
import type { ConversationRow as Row } from "../../client/conversations.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { useNow } from "../use-now.ts";
import { useRovingFocus } from "../use-roving-focus.ts";
import { ConversationRow } from "./conversation-row.tsx";

export interface ConversationsOptionsProps {
  rows: readonly Row[];
  selectedUserId: number | string | null | undefined;
  onSelect(row: Row): void;
}

/** The rows as one stop of the tab key, with the arrow keys between them. */
export function ConversationsOptions({
  rows,
  selectedUserId,
  onSelect,
}: ConversationsOptionsProps) {
  const strings = useStrings();
  const format = useFormat();
  const now = useNow();
  const { ref, onKeyDown } = useRovingFocus();
  const [focused, setFocused] = useState<number | null>(null);
  const selected = selectedUserId == null ? null : Number(selectedUserId);
  const ids = rows.map((row) => row.other_user.id);
  const reachable = [focused, selected].find((id) => id !== null && ids.includes(id)) ?? ids[0];
  return (
    <div
      ref={ref}
      className="conversations-options"
      role="listbox"
      aria-label={strings.messages}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => setFocused(Number(target.dataset["userId"]))}
    >
      {rows.map((row) => (
        <ConversationRow
          key={row.conversation_id}
          row={row}
          time={row.last_message_at === null ? "" : format.short(row.last_message_at, now)}
          selected={row.other_user.id === selected}
          reachable={row.other_user.id === reachable}
          onSelect={onSelect}
        />
      ))}
    </div>
  );
}
