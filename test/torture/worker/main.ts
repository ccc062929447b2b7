import { withEnv } from "cloudflare:workers";
import { UserHub as Hub } from "../../../src/platforms/cloudflare/user-hub.ts";
import worker from "../../../src/platforms/cloudflare/worker.ts";
import type { DurableEvent } from "../../../src/protocol/event.ts";
import type { Faults } from "../fault-switches.ts";
import { wrapBucket } from "./failing-bucket.ts";
import { faults, roll, wait } from "./faults.ts";

/**
 * The Worker as it is, behind an entry that makes its own parts fail and tells what they do. Everything at
 * `/api/torture` is this entry's; what goes on to the Worker, and what the Worker's hubs do, is the product.
 */

/** What workerd offers tests under the flag `unsafe_module`. */
interface Unsafe {
  evict(stub: unknown, options: { webSockets: "hibernate" | "close" }): Promise<void>;
  abortAllDurableObjects(): Promise<void>;
}

/** The bundler knows no such module, so its name is not for it to see. */
const unsafeName = ["workerd", "unsafe"].join(":");
async function loadUnsafe(): Promise<Unsafe> {
  return ((await import(unsafeName)) as { default: Unsafe }).default;
}

/** What ran in any hub since the last question, and for how long. */
const runs = { constructors: 0, calls: 0, busyMs: 0 };

const realNow = Date.now.bind(Date);
Date.now = () => realNow() + faults.clockMs;

type Trouble =
  | { kind: "abort" }
  | { kind: "wipe"; what: "all" | "events" | "conversations" }
  | { kind: "spoil"; column: "event" | "memory" }
  | { kind: "say"; text: string };

export class UserHub extends Hub {
  constructor(ctx: DurableObjectState, env: Env) {
    runs.constructors += 1;
    super(ctx, env);
  }

  override async deliver(events: DurableEvent[]): Promise<void> {
    const userId = Number(this.ctx.id.name);
    const { doorbell } = faults;
    if (doorbell.users !== null && !doorbell.users.includes(userId)) return super.deliver(events);
    if (roll(doorbell.fails)) throw doorbellError(doorbell.overloaded);
    if (doorbell.delayMs > 0) await wait(roll(1) ? Math.random() * doorbell.delayMs : 0);
    await super.deliver(events);
    if (roll(doorbell.doubles)) await super.deliver(events);
    if (roll(doorbell.failsAfter)) throw doorbellError(doorbell.overloaded);
  }

  override async alarm(): Promise<void> {
    const userId = Number(this.ctx.id.name);
    const left = faults.alarms[userId] ?? 0;
    if (left > 0) {
      faults.alarms[userId] = left - 1;
      throw new Error("the alarm fails");
    }
    return super.alarm();
  }

  openSockets(): number {
    const sockets = this.ctx.getWebSockets();
    return sockets.filter((socket) => socket.readyState === WebSocket.OPEN).length;
  }

  async suffer(trouble: Trouble): Promise<void> {
    const { sql } = this.ctx.storage;
    switch (trouble.kind) {
      case "abort":
        break;
      case "wipe":
        if (trouble.what !== "all") sql.exec(`DELETE FROM ${trouble.what}`);
        else for (const table of tables) sql.exec(`DROP TABLE ${table}`);
        break;
      case "spoil":
        if (trouble.column === "event")
          sql.exec("UPDATE events SET body = '{' WHERE number % 2 = 0");
        else sql.exec("UPDATE hub SET memory = '{}'");
        break;
      case "say":
        for (const socket of this.ctx.getWebSockets()) socket.send(trouble.text);
        return;
    }
    // What is not on the disk yet would be undone.
    await this.ctx.storage.sync();
    this.ctx.abort(aborted);
  }
}

const aborted = "the object is aborted";

/** The call dies with the object. One that ends otherwise has done nothing yet. */
async function makeSuffer(call: () => Promise<void>): Promise<void> {
  for (let left = 3; ; left -= 1) {
    const failure = await call().then(
      () => "",
      (error: Error) => error.message,
    );
    if (failure === "" || failure.includes(aborted)) return;
    console.warn(JSON.stringify({ event: "torture.survived", error: failure }));
    if (left === 0) throw new Error(failure);
  }
}

const tables = ["hub", "events", "conversations", "partners", "tickets"];

for (const name of ["fetch", "webSocketMessage", "webSocketClose", "alarm", "deliver"] as const) {
  count(name);
}

/** The runtime calls what stands on the prototype. */
function count(name: "fetch" | "webSocketMessage" | "webSocketClose" | "alarm" | "deliver"): void {
  const real = UserHub.prototype[name] as (...args: unknown[]) => unknown;
  const counted = async function (this: UserHub, ...args: unknown[]): Promise<unknown> {
    const started = performance.now();
    runs.calls += 1;
    try {
      return await real.apply(this, args);
    } finally {
      runs.busyMs += performance.now() - started;
    }
  };
  Object.defineProperty(UserHub.prototype, name, { value: counted });
}

function doorbellError(overloaded: boolean): Error {
  return Object.assign(new Error("the hub did not hear"), { overloaded, retryable: !overloaded });
}

type Order =
  | { op: "faults"; faults: Partial<Faults> }
  | { op: "evict"; ids: number[]; webSockets: "hibernate" | "close" }
  | { op: "abort-all" }
  | { op: "suffer"; ids: number[]; trouble: Trouble }
  | { op: "sockets"; ids: number[] }
  | { op: "runs" }
  | { op: "files" };

async function carryOut(order: Order, env: Env): Promise<unknown> {
  const hubOf = (id: number) => env.USER_HUB.getByName(String(id)) as unknown as HubStub;
  switch (order.op) {
    case "faults":
      return Object.assign(faults, order.faults);
    case "evict": {
      const { ids, webSockets } = order;
      const unsafe = await loadUnsafe();
      const done = await Promise.allSettled(
        ids.map((id) => unsafe.evict(hubOf(id), { webSockets })),
      );
      return done.filter(({ status }) => status === "fulfilled").length;
    }
    case "abort-all":
      return (await loadUnsafe()).abortAllDurableObjects();
    case "suffer": {
      const { ids, trouble } = order;
      await Promise.all(ids.map((id) => makeSuffer(() => hubOf(id).suffer(trouble))));
      return ids.length;
    }
    case "sockets":
      return Promise.all(order.ids.map((id) => hubOf(id).openSockets()));
    case "runs": {
      const answer = { ...runs };
      Object.assign(runs, { constructors: 0, calls: 0, busyMs: 0 });
      return answer;
    }
    case "files":
      return listFiles(env.ATTACHMENTS);
  }
}

interface HubStub {
  openSockets(): Promise<number>;
  suffer(trouble: Trouble): Promise<void>;
}

async function listFiles(bucket: R2Bucket): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? {} : { cursor });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys;
}

// oxlint-disable-next-line import/no-default-export -- the form of a Worker
export default {
  async fetch(request, env): Promise<Response> {
    if (new URL(request.url).pathname !== "/api/torture") {
      const wrapped = { ...env, ATTACHMENTS: wrapBucket(env.ATTACHMENTS) };
      return withEnv(wrapped, () => worker.fetch(request)) as Promise<Response>;
    }
    return Response.json({ result: (await carryOut(await request.json<Order>(), env)) ?? null });
  },
} satisfies ExportedHandler<Env>;
