import type { HubStore } from "../../core/hub-store.ts";
import type { WriteGate } from "./write-gate.ts";

/** What one hub must not forget, for as long as it is the user's only one (HUB-7). */
export interface KeptHub {
  store: HubStore;
  gate: WriteGate;
  /** From now on nothing is taken: what the hub still remembers may not be what is kept. */
  giveUp(): void;
  /** The hub is at rest; somebody else may have it. */
  rest(): void;
}

export interface HubKeeper {
  /** No other process can have a hub that rests here, so that one may rest while its user is connected. */
  readonly isAlone: boolean;
  /**
   * Null when another process has this hub. `onLoss`: the hub remembers what was not kept, or is somebody else's now,
   * and has to be given up.
   */
  open(userId: number, onLoss: (error: unknown) => void): Promise<KeptHub | null>;
  /** Users whose hubs stopped in the middle of something: somebody was there, or something is still to be told. */
  unsettled(): Promise<number[]>;
  close(): Promise<void>;
}
