import type { Theme } from "../react/appearance.ts";

const key = "parley-demo:theme";

export const themes = ["light", "dark", "system"] as const satisfies Theme[];

export function readTheme(): Theme {
  const kept = localStorage.getItem(key);
  return themes.find((theme) => theme === kept) ?? "system";
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(key, theme);
  document.documentElement.dataset["parleyTheme"] = theme;
}
