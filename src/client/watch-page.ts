import type { Environment } from "./environment.ts";

/** The network came or went, or the page was shown again after it was hidden. */
export type PageChange = "online" | "offline" | "shown";

/** Tells only what changed. Answers how to stop. */
export function watchPage(
  environment: Pick<Environment, "isOnline" | "isVisible" | "onChange">,
  onPage: (change: PageChange) => void,
): () => void {
  let wasOnline = environment.isOnline();
  let wasVisible = environment.isVisible();
  return environment.onChange(() => {
    const [isOnline, isVisible] = [environment.isOnline(), environment.isVisible()];
    const isShown = isVisible && !wasVisible;
    const hasSwitched = isOnline !== wasOnline;
    [wasOnline, wasVisible] = [isOnline, isVisible];
    if (hasSwitched) onPage(isOnline ? "online" : "offline");
    else if (isShown) onPage("shown");
  });
}
