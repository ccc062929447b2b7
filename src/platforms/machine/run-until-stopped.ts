import { localUrl, type LocalConfig } from "./config.ts";
import { describeDemoPeople, signUpDemoPeople } from "./demo-people.ts";
import { onStopSignal } from "./stop-signals.ts";

/** Starts everything; disposing the stack stops it, last opened first. */
export type StartServer = (config: LocalConfig, stack: AsyncDisposableStack) => Promise<void>;

/** Runs a server until it is told to stop. */
export async function runUntilStopped(
  load: () => LocalConfig,
  startServer: StartServer,
): Promise<void> {
  const stack = new AsyncDisposableStack();
  onStopSignal(() => {
    void stack.disposeAsync().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  const config = load();
  try {
    await startServer(config, stack);
  } catch (error) {
    // Told to stop halfway, what was still starting fails, and that is no news.
    if (stack.disposed) return;
    await stack.disposeAsync();
    throw error;
  }
  const demo = await introduceDemoPeople(config);
  if (!stack.disposed) console.log(`Ready on ${localUrl(config)}${demo}`);
}

async function introduceDemoPeople(config: LocalConfig): Promise<string> {
  if (!config.demo || config.settings["ACCOUNTS"] !== "on") return "";
  const url = localUrl(config);
  try {
    return `\n\n${describeDemoPeople(url, await signUpDemoPeople(url))}`;
  } catch (error) {
    return `\nNo demo people: ${error instanceof Error ? error.message : String(error)}`;
  }
}
