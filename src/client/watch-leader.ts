import type { Environment } from "./environment.ts";
import type { Tabs } from "./tabs.ts";

const everyMs = 20_000;
const patienceMs = 3_000;

/**
 * Phones put hidden tabs to sleep, and one that leads keeps the lead in its sleep: a tab that someone looks at asks now and
 * then whether the leader is awake. Answers how to stop.
 */
export function watchLeader(
  { leads, post, on }: Pick<Tabs, "leads" | "post" | "on">,
  environment: Pick<Environment, "after" | "isVisible" | "onChange">,
  onAsleep: () => void,
): () => void {
  let stopNext = (): void => undefined;
  let stopWaiting: (() => void) | null = null;

  function check(): void {
    stopNext();
    stopNext = environment.after(everyMs, check);
    if (leads.get() || stopWaiting || !environment.isVisible()) return;
    post("tabs.ping", null);
    stopWaiting = environment.after(patienceMs, () => {
      stopWaiting = null;
      if (!leads.get()) onAsleep();
    });
  }

  const stops = [
    on("tabs.ping", () => leads.get() && post("tabs.pong", null)),
    on("tabs.pong", () => {
      stopWaiting?.();
      stopWaiting = null;
    }),
    environment.onChange(() => environment.isVisible() && check()),
  ];
  check();
  return () => {
    for (const stop of stops) stop();
    stopNext();
    stopWaiting?.();
  };
}
