/** Ctrl-C reaches this process twice: from the terminal, and passed on by npm. */
const sameSignal = 500;
const parentCheck = 200;

/** Calls `stop` at the first signal to stop; a later one ends the process at once. */
export function onStopSignal(stop: () => void): void {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (stoppingSince !== undefined && now - stoppingSince > sameSignal) process.exit(1);
    if (stoppingSince !== undefined) return;
    stoppingSince = now;
    stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  onParentGone(() => {
    if (stoppingSince === undefined) onSignal();
  });
}

/** npm may end without a word, or its shell without passing a signal on: then nobody waits for us. */
function onParentGone(stop: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, parentCheck);
  timer.unref();
}
