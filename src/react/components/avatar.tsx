import { useCallback, useState } from "react";
import { useAppearance } from "../appearance.ts";
import { personName, type Person } from "../person.ts";

const hues = 8;

/** The first letters of the first and the last word. */
function initials(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => firstLetter(word ?? "")).join("");
}

function firstLetter(word: string): string {
  return ([...word][0] ?? "").toLocaleUpperCase();
}

/** Someone's picture, or their initials where there is none or it does not load. `size` is in CSS pixels. */
export function Avatar({ person, size }: { person: Person; size: number }) {
  const { renderAvatar } = useAppearance();
  const [broken, setBroken] = useState<string | null>(null);
  const ref = useSize(size);
  if (renderAvatar) return renderAvatar(person, size);
  const name = personName(person);
  if (person.avatar && person.avatar !== broken) {
    const { avatar } = person;
    return (
      <img
        ref={ref}
        className="parley-avatar"
        src={avatar}
        alt={name}
        width={size}
        height={size}
        loading="lazy"
        decoding="async"
        referrerPolicy="no-referrer"
        onError={() => setBroken(avatar)}
      />
    );
  }
  return (
    <span
      ref={ref}
      className="parley-avatar parley-initials"
      data-hue={Number(person.id) % hues || 0}
      role="img"
      aria-label={name}
    >
      <span aria-hidden="true">{initials(name)}</span>
    </span>
  );
}

/** Set in the page: a strict policy lets no server write it into an attribute. */
function useSize(size: number) {
  return useCallback(
    (element: HTMLElement | null) => {
      element?.style.setProperty("--parley-avatar", `${size}px`);
    },
    [size],
  );
}
