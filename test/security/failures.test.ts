import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Ports } from "../../src/ports/index.ts";
import { ChatError } from "../../src/protocol/error.ts";
import { createFrameRig } from "../support/frame-rig.ts";
import { wrapMethods } from "../support/wrap-methods.ts";
import { frameCases } from "./frames.ts";
import { callWell, canary as theirWords, essence, everyCall, openScene } from "./scene.ts";
import type { NamedCall, Scene } from "./scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.rig.close());
beforeEach(() => void (scene.rig.logged.length = 0));

/** What a store may say of itself, none of which is anyone's to read. */
const words =
  `SQLSTATE 42 near "insert into messages values ('a private text')" ` +
  "at postgres://parley:canary-password@canary-host/select EVALSHA canary-key";
const leaky = /canary-(password|host|key)|SQLSTATE|private text|EVALSHA/;

/** What stores and careless libraries throw. */
const failures: Record<string, () => unknown> = {
  "an error of a driver": () => Object.assign(new Error(words), { code: "42601", detail: words }),
  "one that is wrapped": () =>
    new ChatError("history-unavailable", { cause: new Error(words), retryAfterMs: 1_000 }),
  "a text": () => words,
};

const portNames = [
  "tokens",
  "issuer",
  "links",
  "passwords",
  "users",
  "history",
  "hubs",
  "unread",
  "attachments",
] as const;
type PortName = (typeof portNames)[number];
type PortMethod = readonly [PortName, string];

/** Which methods of the ports the work uses, each once. */
async function askedBy(work: (ports: Ports) => Promise<unknown>): Promise<PortMethod[]> {
  const asked = new Map<string, PortMethod>();
  const watched = portNames.map((port) => [
    port,
    wrapMethods<object>(scene.ports[port], (method, run) => (...given) => {
      asked.set(`${port}.${method}`, [port, method]);
      return run(...given);
    }),
  ]);
  await work({ ...scene.ports, ...(Object.fromEntries(watched) as Partial<Ports>) });
  return [...asked.values()];
}

/** The ports with one method that fails: late, as a store does, where it is waited for. */
function breakMethod([port, method]: PortMethod, fail: () => unknown): Ports {
  const broken = wrapMethods<object>(scene.ports[port], (name, run) => (...given) => {
    if (name !== method) return run(...given);
    if (port === "links") throw fail();
    return Promise.reject(fail());
  });
  return { ...scene.ports, [port]: broken };
}

function callOver(ports: Ports, call: NamedCall): Promise<Response> {
  const openSocket = async () => new Response("opened");
  return callWell(scene.rig.appWith({ ports, options: { openSocket } }), scene.rig.carol, call);
}

/** Lines of the log that hold any of it, once everything has ended that goes on after an answer. */
async function leaked(): Promise<unknown[]> {
  await new Promise(setImmediate);
  return scene.rig.logged.filter((line) => leaky.test(JSON.stringify(line)));
}

describe.each(Object.entries(failures))("while a store throws %s", (_, fail) => {
  test("no route says a word of it or ends otherwise than by an answer [ERR-1] [ERR-3] [ERR-4]", async () => {
    const faults: unknown[] = [];
    for (const call of everyCall(scene.mine)) {
      const asked = await askedBy((ports) => callOver(ports, call));
      for (const method of asked) {
        const response = await callOver(breakMethod(method, fail), call);
        const { status, body } = await essence(response);
        const isProblem = response.headers.get("Content-Type") === "application/problem+json";
        const isLeak = leaky.test(body) || /\.ts:\d|\bat .*\(/.test(body);
        if (isLeak || (status >= 400 && !isProblem)) faults.push([method, call.route, body]);
      }
    }
    expect(faults).toEqual([]);
    expect(await leaked()).toEqual([]);
  }, 60_000);

  test("no frame is answered with a word of it, and the socket goes on [ERR-3] [WS-2]", async () => {
    const faults: unknown[] = [];
    const { person } = scene.rig.carol;
    for (const { frame } of Object.values(frameCases).flatMap((of) => of(scene.mine))) {
      const asked = await askedBy((ports) => createFrameRig(ports, person).ask(frame));
      for (const method of asked) {
        const { ask, connection } = createFrameRig(breakMethod(method, fail), person);
        const said = JSON.stringify(await ask(frame));
        const next = await ask({ type: "ping", ref: "next" });
        const isServed = connection.isOpen && next.at(-1)?.["ref"] === "next";
        if (leaky.test(said) || !isServed) faults.push([method, frame.type, said, next]);
      }
    }
    expect(faults).toEqual([]);
    expect(await leaked()).toEqual([]);
  }, 60_000);
});

describe("while nobody can say who may", () => {
  /** What is asked before anything is shown or done. */
  const gates: PortMethod[] = [
    ["tokens", "verify"],
    ["users", "ensureUser"],
    ["history", "findConversation"],
    ["history", "readHistory"],
    ["history", "markRead"],
    ["links", "verify"],
    ["issuer", "verifyTicket"],
    ["hubs", "redeemTicket"],
  ];

  let uses: { call: NamedCall; asked: PortMethod[] }[];

  beforeAll(async () => {
    const streams = everyCall(scene.mine).filter(({ access }) => access === "stream");
    const byTicket = await Promise.all(streams.map(withTicket));
    uses = [];
    for (const call of [...everyCall(scene.mine), ...everyCall(scene.theirs), ...byTicket])
      uses.push({ call, asked: await askedBy((ports) => callOver(ports, call)) });
  });

  test.each(gates)(
    "because %s.%s fails, whatever asks it is refused and nothing is done [ERR-1]",
    async (port, method) => {
      const askers: string[] = [];
      for (const { call, asked } of uses) {
        if (!asked.some(([name, verb]) => name === port && verb === method)) continue;
        askers.push(call.route);
        const rows = await scene.rig.readRows();
        const fresh = call.path.includes("?ticket=") ? await withTicket(call) : call;
        const ports = breakMethod([port, method], failures["a text"]!);
        const response = await callOver(ports, fresh);
        const { status, body } = await essence(response);
        const isSame = (await scene.rig.readRows()) === rows;
        const seen = [status, isSame, body.includes(theirWords)];
        expect([call.route, ...seen]).toEqual([call.route, 500, true, false]);
      }
      expect(askers).not.toEqual([]);
    },
    60_000,
  );

  /** With a ticket of now: one is good for 30 s. */
  async function withTicket(call: NamedCall): Promise<NamedCall> {
    const { ports, carol } = scene.rig;
    const expiresAt = Math.floor(Date.now() / 1_000) + 600;
    const ticket = await ports.issuer.issueTicket(carol.person, expiresAt);
    return { ...call, access: "link", path: `${call.path.split("?")[0]}?ticket=${ticket}` };
  }
});

test("what throws on its way is a 500 or goes on without, and whoever comes next is served [ERR-1] [ERR-3]", async () => {
  const faults: unknown[] = [];
  for (const call of everyCall(scene.mine).filter(({ access }) => access !== "everyone")) {
    for (const method of await askedBy((ports) => callOver(ports, call))) {
      const failed = await callOver(breakMethod(method, failures["a text"]!), call);
      await failed.body?.cancel();
      if (failed.status !== 500 && failed.status >= 300) faults.push([call.route, method]);
    }
    const served = await callOver(scene.ports, call);
    await served.body?.cancel();
    if (served.status >= 300) faults.push([call.route, served.status]);
  }
  expect(faults).toEqual([]);
}, 60_000);
