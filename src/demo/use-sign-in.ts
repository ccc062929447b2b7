import { useState } from "react";
import type { Session } from "./accounts.ts";
import { keepSession } from "./session.ts";

/** Runs a way to come in, and says why it did not succeed. */
export function useSignIn() {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const signIn = (enter: () => Promise<Session>): void => {
    setBusy(true);
    setError(null);
    enter().then(keepSession, (reason: unknown) => {
      setBusy(false);
      setError(reason instanceof Error ? reason.message : String(reason));
    });
  };
  return { error, busy, signIn };
}
