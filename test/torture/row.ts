import type { Scene } from "./scene.ts";

/** What only the harness's entry before the Worker can do. */
export type Need = "hub-faults" | "hub-insight" | "server-clock" | "bucket-faults";

/** Why a row with such a need has nothing to show, or nobody to show it, where there is no such entry. */
export const reasons: Record<Need, string> = {
  "hub-faults":
    "no runtime there puts hubs to sleep, kills them alone or calls them from elsewhere",
  "hub-insight": "only the harness's entry tells what a hub holds and when it ran",
  "server-clock": "only the harness's entry sets the server's clock",
  "bucket-faults": "only the harness's entry makes the bucket fail",
};

/** One fault of the matrix. */
export interface Row {
  id: string;
  fault: string;
  /** How it is shown here, where that is not the fault itself at full size. */
  how?: string;
  /** Part of the subset for every change. */
  isShort?: boolean;
  needs?: Need;
  run(scene: Scene): Promise<void>;
}
