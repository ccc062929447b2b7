import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { emojiGroups, findEmoji, type Emoji } from "../emoji.ts";
import { useStrings } from "../strings.ts";
import { EmojiGrid, type EmojiSection } from "./emoji-grid.tsx";
import { Icon } from "./icon.tsx";

/** How many stand side by side. */
const emojiColumns = 8;

function rowsOf(emoji: readonly Emoji[]): Emoji[][] {
  const count = Math.ceil(emoji.length / emojiColumns);
  return Array.from({ length: count }, (_row, row) =>
    emoji.slice(row * emojiColumns, (row + 1) * emojiColumns),
  );
}

/** A grid of emoji with a search field, to be walked through with the arrow keys. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const strings = useStrings();
  const [query, setQuery] = useState("");
  const panel = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a phone its keyboard would take the place of the picker.
    if (!matchMedia("(pointer: coarse)").matches) search.current?.focus();
  }, []);
  const sections = useMemo((): EmojiSection[] => {
    if (query.trim() !== "") return [{ title: null, rows: rowsOf(findEmoji(query)) }];
    return emojiGroups.map(({ name, emoji }) => ({
      title: strings.emojiGroups[name],
      rows: rowsOf(emoji),
    }));
  }, [query, strings]);
  const isEmpty = sections.every(({ rows }) => rows.length === 0);

  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.nativeEvent.isComposing) return;
    const first = panel.current?.querySelector<HTMLElement>("[data-place='0-0']");
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter" && query.trim() !== "") first?.click();
    else return;
    event.preventDefault();
  };

  return (
    <div ref={panel} className="parley-emoji-picker" role="dialog" aria-label={strings.emoji}>
      <div className="parley-emoji-search">
        <Icon name="search" />
        <input
          type="search"
          ref={search}
          value={query}
          placeholder={strings.searchEmoji}
          aria-label={strings.searchEmoji}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onSearchKey}
        />
      </div>
      {isEmpty ? (
        <p className="parley-emoji-none" role="status">
          {strings.noEmoji}
        </p>
      ) : (
        <EmojiGrid key={query} sections={sections} label={strings.emoji} onPick={onPick} />
      )}
    </div>
  );
}
