import { memo, useMemo, useRef } from "react";
import { Virtualizer } from "virtua";
import type { ChatUser } from "../../client/chat-user.ts";
import type { Thread, ThreadState } from "../../client/thread.ts";
import { useFormat } from "../format.ts";
import { createItems, createPlaces, type MessageItem } from "../message-items.ts";
import { personName } from "../person.ts";
import { useStrings } from "../strings.ts";
import { useMessageScroll } from "../use-message-scroll.ts";
import { useSeen } from "../use-seen.ts";
import { Announcer } from "./announcer.tsx";
import { FloatingDay } from "./floating-day.tsx";
import { JumpButton } from "./jump-button.tsx";
import { MessageListItem } from "./message-list-item.tsx";
import type { RenderMessage } from "./message-row.tsx";
import { OlderStatus } from "./older-status.tsx";

export interface MessageListProps {
  thread: Thread;
  state: ThreadState;
  user: ChatUser;
  renderMessage?: RenderMessage | undefined;
  onReload: () => void;
}

/** So many pixels beyond both ends of the view are drawn, too. */
const bufferSize = 600;

/** The messages of one chat; draws only those in view. To be there once there is something to show. */
export const MessageList = memo(function MessageList(props: MessageListProps) {
  const { thread, state, user, renderMessage, onReload } = props;
  const strings = useStrings();
  const { messages, isTyping } = state;
  const items = useItems(state);
  const container = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const scroll = useMessageScroll({ thread, state, items, container });
  const { atEnd, follows } = scroll;
  useSeen(thread, { inView: atEnd, follows, newest: messages.at(-1)?.key ?? null, end });
  const name = personName(user) || strings.someone;

  return (
    <div
      className="parley-messages"
      data-placed={scroll.isPlaced || undefined}
      data-empty={messages.length === 0 || undefined}
    >
      <OlderStatus state={state} onRetry={onReload} />
      <div
        ref={container}
        className="messages-container"
        role="log"
        aria-live="off"
        aria-label={strings.messagesWith(name)}
        aria-busy={state.loadingOlder}
        tabIndex={0}
      >
        <div className="parley-messages-fill" />
        <Virtualizer
          {...scroll.listProps}
          scrollRef={container}
          data={items}
          bufferSize={bufferSize}
        >
          {(item) => (
            <MessageListItem
              key={item.key}
              item={item}
              user={user}
              isEmpty={messages.length === 0}
              isTyping={item.type === "end" && isTyping}
              renderMessage={renderMessage}
            />
          )}
        </Virtualizer>
      </div>
      <div ref={end} />
      <FloatingDay moment={scroll.topDay} />
      <JumpButton
        hidden={atEnd || !scroll.isPlaced}
        unread={state.unreadCount}
        onClick={scroll.jumpToEnd}
      />
      <Announcer messages={messages} />
    </div>
  );
});

function useItems({ messages, firstUnread, hasOlder }: ThreadState): MessageItem[] {
  const format = useFormat();
  const placeOf = useMemo(() => createPlaces(format), [format]);
  return useMemo(
    () => createItems({ messages, firstUnread, hasOlder }, placeOf),
    [messages, firstUnread, hasOlder, placeOf],
  );
}
