import { useCallback, useMemo, useState } from "react";
import type { ChatUser } from "../../client/chat-user.ts";
import type { ConversationRow as Row } from "../../client/conversations.ts";
import { useRootProps } from "../appearance.ts";
import { personName } from "../person.ts";
import { useStrings } from "../strings.ts";
import { useConversations } from "../use-conversations.ts";
import { useLatest } from "../use-latest.ts";
import { ConversationsFailure } from "./conversations-failure.tsx";
import { ConversationsMore } from "./conversations-more.tsx";
import { ConversationsNotice } from "./conversations-notice.tsx";
import { ConversationsOptions } from "./conversations-options.tsx";
import { ConversationsSearch } from "./conversations-search.tsx";
import { ConversationsSkeleton } from "./conversations-skeleton.tsx";
import { UnreadBadge } from "./unread-badge.tsx";

export interface ConversationsListProps {
  onSelectConversation(otherUser: ChatUser): void;
  /** Whose conversation is open beside the list. */
  selectedUserId?: number | string | null | undefined;
  /** Leaves out the conversations for which it answers false. */
  filter?: ((row: Row) => boolean) | undefined;
}

function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function matches(row: Row, query: string): boolean {
  const wanted = fold(query).split(/\s+/u);
  const name = fold(`${personName(row.other_user)} ${row.other_user.username}`);
  return wanted.every((part) => name.includes(part));
}

/** The viewer's conversations, the latest first. */
export function ConversationsList(props: ConversationsListProps) {
  const { onSelectConversation, selectedUserId, filter } = props;
  const strings = useStrings();
  const root = useRootProps("conversations-list");
  const { rows, totalUnread, loading, hasMore, loadingMore, error, loadMore, refresh } =
    useConversations();
  const [query, setQuery] = useState("");
  const searched = query.trim();
  const kept = useMemo(() => (filter ? rows.filter(filter) : rows), [rows, filter]);
  const shown = useMemo(
    () => (searched ? kept.filter((row) => matches(row, searched)) : kept),
    [kept, searched],
  );
  const latest = useLatest(onSelectConversation);
  const onSelect = useCallback((row: Row) => latest.current(row.other_user), [latest]);
  const onReach = useCallback(() => void loadMore(), [loadMore]);

  return (
    <div {...root}>
      <div className="conversations-header">
        <h2>{strings.messages}</h2>
        <UnreadBadge count={totalUnread} />
      </div>
      {(loading || kept.length > 0) && <ConversationsSearch query={query} onQuery={setQuery} />}
      {error !== null && (
        <ConversationsFailure
          error={error}
          alone={kept.length === 0}
          onRetry={() => void refresh()}
        />
      )}
      <div className="conversations-items">
        {loading && kept.length === 0 && <ConversationsSkeleton />}
        {shown.length > 0 && (
          <ConversationsOptions rows={shown} selectedUserId={selectedUserId} onSelect={onSelect} />
        )}
        {hasMore && error === null && (
          <ConversationsMore shown={rows.length} loading={loadingMore} onReach={onReach} />
        )}
        {!loading && !hasMore && error === null && shown.length === 0 && (
          <ConversationsNotice
            icon={searched ? "search" : "chat"}
            title={searched ? strings.noMatches(searched) : strings.noConversations}
            hint={searched ? undefined : strings.noConversationsHint}
          />
        )}
      </div>
    </div>
  );
}
