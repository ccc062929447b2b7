/** What is to fail inside the Worker at the moment. The whole runtime is one isolate, which Worker and hubs share. */
export interface Faults {
  /** Added to what the clock says. */
  clockMs: number;
  doorbell: {
    /** Whose; null for everyone's. */
    users: number[] | null;
    /** Shares from 0 to 1: lost before the hub hears it, heard without an answer, heard twice. */
    fails: number;
    failsAfter: number;
    doubles: number;
    /** Each waits for a time of its own up to this, so that they overtake each other. */
    delayMs: number;
    overloaded: boolean;
  };
  /** How many more alarms of that user's hub throw. */
  alarms: Record<number, number>;
  /** `breaks`: half of the bytes are read; `late`: it stores what nobody waits for any more; `keeps`: it removes nothing. */
  bucket: "works" | "refuses" | "stalls" | "breaks" | "late" | "keeps";
}
