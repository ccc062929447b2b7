/** Drawn on a grid of 24 with round ends, in the colour of the text. */
const paths = {
  attach:
    "M20.5 11.5l-8.6 8.6a5.5 5.5 0 0 1-7.8-7.8l8.9-8.9a3.7 3.7 0 0 1 5.2 5.2l-8.9 8.9a1.8 1.8 0 0 1-2.6-2.6l8-8",
  back: "M15 5l-7 7 7 7",
  chat: "M5.5 4h13A2.5 2.5 0 0 1 21 6.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-5 4v-4H5.5A2.5 2.5 0 0 1 3 14.5v-8A2.5 2.5 0 0 1 5.5 4M8 9h8M8 12.5h5",
  check: "M4 12.5l5 5L20 6.5",
  checks: "M1.5 12.5l5 5L17.5 6.5M11.5 17.5L22.5 6.5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11m-5-5l5 5 5-5M5 20h14",
  emoji:
    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5s1.2 2 3.5 2 3.5-2 3.5-2M9 9.5v.01M15 9.5v.01",
  error: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v5M12 16.2v.01",
  file: "M6 3h8l4 4v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M14 3v4h4M8 12h6M8 16h6",
  image:
    "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2M4 18l5-5.5 4 4 3-3 5 4.5M8.5 9v.01",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  play: "M8 5.5v13l10.5-6.5z",
  retry: "M20 12a8 8 0 1 1-2.5-5.800M20 3.5v4.5h-4.5",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5",
  send: "M12 20V5m-6.5 6L12 4.5l6.5 6.5",
  trash: "M4.5 7h15M10 11v6M14 11v6M6.5 7l1 12.5h9l1-12.5M9 7V4h6v3",
  upload: "M12 16V5m-5 5l5-5 5 5M5 20h14",
} as const;

export type IconName = keyof typeof paths;

/** A picture that only decorates: what it stands beside says the same in words. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className={`parley-icon parley-icon-${name}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
