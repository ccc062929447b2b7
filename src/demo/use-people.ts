import { useEffect, useState } from "react";
import { findPeople } from "./accounts.ts";
import type { FoundPerson } from "./accounts.ts";

interface Finding {
  people: FoundPerson[] | null;
  error: string | null;
}

const pauseMs = 150;

/** Whoever has the text in their name, once typing pauses. `people` is null until the first answer. */
export function usePeople(token: string, query: string): Finding {
  const [finding, setFinding] = useState<Finding>({ people: null, error: null });
  useEffect(() => {
    const abort = new AbortController();
    const search = (): void => {
      findPeople(token, query, abort.signal).then(
        (people) => setFinding({ people, error: null }),
        (error: unknown) => {
          if (abort.signal.aborted) return;
          setFinding({ people: [], error: error instanceof Error ? error.message : String(error) });
        },
      );
    };
    const timer = setTimeout(search, query === "" ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [token, query]);
  return finding;
}
