import type { Hub } from "../../core/hub.ts";

export interface HubAlarmOptions {
  storage: DurableObjectStorage;
  hub: Hub;
  now: () => number;
  /** Does what the hub wants to be woken for. */
  wake: () => Promise<void>;
}

/** Wakes a hub when it wants to be woken, and not without need. */
export interface HubAlarm {
  /** Looks at what the hub wants now. */
  plan(): Promise<void>;
  ring(): Promise<void>;
}

/** An alarm that comes before the hub would sleep wakes nobody, and one a little early is not worth a write. */
const [awakeMs, slackMs] = [10_000, 60_000];

/** An alarm is a write, and its end is another; what is due before the hub would sleep and is lost in sleep takes a timer. */
export function createHubAlarm({ storage, hub, now, wake }: HubAlarmOptions): HubAlarm {
  /** Null until it is known what was planned before the hub slept. */
  let alarmAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function planTimer(reportAt: number | null): void {
    if (timer !== null || reportAt === null || hub.report.isKept()) return;
    timer = setTimeout(() => {
      timer = null;
      // What fails is left for the next thing that happens to the hub, or a broken one would try for ever.
      void wake().then(plan, () => undefined);
    }, reportAt - now());
  }

  async function planAlarm(wakeAt: number): Promise<void> {
    alarmAt ??= (await storage.getAlarm()) ?? Infinity;
    const isInTime = alarmAt <= wakeAt;
    const isCheap = alarmAt < now() + awakeMs || wakeAt - alarmAt < slackMs;
    if (wakeAt === alarmAt || (isInTime && isCheap)) return;
    alarmAt = wakeAt;
    await (wakeAt === Infinity ? storage.deleteAlarm() : storage.setAlarm(wakeAt));
  }

  async function plan(): Promise<void> {
    planTimer(hub.report.dueAt());
    await planAlarm(hub.wakeFromSleepAt(now()) ?? Infinity);
  }

  return {
    plan,
    async ring() {
      alarmAt = Infinity;
      try {
        await wake();
      } finally {
        await plan();
      }
    },
  };
}
