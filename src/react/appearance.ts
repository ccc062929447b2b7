import { createContext, useContext, type ReactNode } from "react";
import type { Person } from "./person.ts";

/** `system` follows the device; left out, the page's own `color-scheme` counts. */
export type Theme = "light" | "dark" | "system";
export type BubbleShape = "round" | "square" | "plain";

/** Draws someone's picture; `size` is in CSS pixels. */
export type RenderAvatar = (person: Person, size: number) => ReactNode;

export interface Appearance {
  theme?: Theme | undefined;
  bubble?: BubbleShape | undefined;
  dir?: "ltr" | "rtl" | "auto" | undefined;
  lang?: string | undefined;
  renderAvatar?: RenderAvatar | undefined;
}

export const AppearanceContext = createContext<Appearance>({});

export function useAppearance(): Appearance {
  return useContext(AppearanceContext);
}

/** Attributes for the outermost element of each component; the style sheet hangs on them. */
export function useRootProps(className: string) {
  const { theme, bubble, dir, lang } = useAppearance();
  return {
    className: `parley ${className}`,
    "data-parley-theme": theme,
    "data-parley-bubble": bubble,
    dir,
    lang,
  };
}
