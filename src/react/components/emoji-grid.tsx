import { useState, type KeyboardEvent } from "react";
import type { Emoji } from "../emoji.ts";

export interface EmojiSection {
  title: string | null;
  rows: readonly (readonly Emoji[])[];
}

interface EmojiGridProps {
  sections: readonly EmojiSection[];
  label: string;
  onPick: (emoji: string) => void;
}

const steps: Record<string, { row: number; column: number }> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
};

/** One stop for the tab key; the arrow keys lead on from there. */
export function EmojiGrid({ sections, label, onPick }: EmojiGridProps) {
  const [active, setActive] = useState("0-0");
  const starts = sections.map((_section, index) =>
    sections.slice(0, index).reduce((count, { rows }) => count + rows.length, 0),
  );

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const grid = event.currentTarget;
    const toStart = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const [row = 0, column = 0] = active.split("-").map(Number);
    const place = (row: number, column: number) =>
      grid.querySelector<HTMLElement>(`[data-place="${row}-${column}"]`);
    let next = place(row + step.row, column + step.column * toStart);
    // The last row of a group may be shorter.
    for (let left = column; !next && step.row !== 0 && left >= 0; left -= 1) {
      next = place(row + step.row, left);
    }
    next?.focus();
  };

  return (
    <div className="parley-emoji-grid" role="grid" aria-label={label} onKeyDown={onKeyDown}>
      {sections.map(({ title, rows }, index) => (
        <div key={title ?? "found"} role="rowgroup" aria-label={title ?? undefined}>
          {title !== null && (
            <div className="parley-emoji-title" aria-hidden="true">
              {title}
            </div>
          )}
          {rows.map((emoji, row) => (
            <EmojiRow
              key={emoji[0]?.character}
              row={(starts[index] ?? 0) + row}
              emoji={emoji}
              active={active}
              onActive={setActive}
              onPick={onPick}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface EmojiRowProps {
  row: number;
  emoji: readonly Emoji[];
  active: string;
  onActive: (place: string) => void;
  onPick: (emoji: string) => void;
}

function EmojiRow({ row, emoji, active, onActive, onPick }: EmojiRowProps) {
  return (
    <div role="row">
      {emoji.map(({ character, words }, column) => {
        const place = `${row}-${column}`;
        return (
          <span key={character} role="gridcell">
            <button
              type="button"
              data-place={place}
              tabIndex={place === active ? 0 : -1}
              aria-label={words}
              title={words}
              onFocus={() => onActive(place)}
              onClick={() => onPick(character)}
            >
              {character}
            </button>
          </span>
        );
      })}
    </div>
  );
}
