import type { ChatUser } from "../../client/chat-user.ts";
import type { MessageItem } from "../message-items.ts";
import { personName } from "../person.ts";
import { useStrings } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { DayDivider } from "./day-divider.tsx";
import { MessageRow, type RenderMessage } from "./message-row.tsx";
import { TypingIndicator } from "./typing-indicator.tsx";
import { UnreadDivider } from "./unread-divider.tsx";

export interface MessageListItemProps {
  item: MessageItem;
  user: ChatUser;
  /** Nothing was written yet. */
  isEmpty: boolean;
  isTyping: boolean;
  renderMessage?: RenderMessage | undefined;
}

/** One line of the list. */
export function MessageListItem(props: MessageListItemProps) {
  const { item, user, isEmpty, isTyping, renderMessage } = props;
  const strings = useStrings();
  switch (item.type) {
    case "beginning":
      return <Beginning user={user} isEmpty={isEmpty} />;
    case "day":
      return <DayDivider timestamp={item.timestamp} />;
    case "unread":
      return <UnreadDivider />;
    case "message":
      return (
        <MessageRow
          row={item.row}
          first={item.first}
          last={item.last}
          renderMessage={renderMessage}
        />
      );
    case "end":
      return (
        <div className="parley-end">
          {isTyping && <TypingIndicator name={personName(user) || strings.someone} />}
        </div>
      );
  }
}

function Beginning({ user, isEmpty }: { user: ChatUser; isEmpty: boolean }) {
  const strings = useStrings();
  const name = personName(user) || strings.someone;
  return (
    <div className="parley-beginning">
      <Avatar person={user} size={64} />
      <strong>
        <bdi>{name}</bdi>
      </strong>
      <span>{isEmpty ? strings.noMessagesHint(name) : strings.conversationStart(name)}</span>
    </div>
  );
}
