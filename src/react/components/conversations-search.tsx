import { useStrings } from "../strings.ts";
import { Icon } from "./icon.tsx";

export interface ConversationsSearchProps {
  query: string;
  onQuery(query: string): void;
}

/** Narrows the list down by name. */
export function ConversationsSearch({ query, onQuery }: ConversationsSearchProps) {
  const strings = useStrings();
  return (
    <div className="conversations-search" role="search">
      <Icon name="search" />
      <input
        type="search"
        value={query}
        placeholder={strings.searchConversations}
        aria-label={strings.searchConversations}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || query === "") return;
          event.preventDefault();
          event.stopPropagation();
          onQuery("");
        }}
      />
    </div>
  );
}
