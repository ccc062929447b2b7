import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFrameRig } from "../support/frame-rig.ts";
import { chatPath } from "../support/http-rig.ts";
import { wrapMethods } from "../support/wrap-methods.ts";
import { frameCases } from "./frames.ts";
import type { Subject } from "./routes.ts";
import { callWell, canary, essence, everyCall, nothing, openScene } from "./scene.ts";
import type { NamedCall, Scene } from "./scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
  scene.rig.hubs.online.add(scene.rig.alice.person.id).add(scene.rig.bob.person.id);
});
afterAll(() => scene.rig.close());
beforeEach(() => void (scene.hubCalls.length = 0));

/** What belongs to others by its own name, not by a person's. */
const things: (keyof Subject)[] = ["conversationId", "messageId"];
/** Ids of messages are passed over, one by one and without a word. */
const outcomes: Partial<Record<keyof Subject, [status: number, frame: string]>> = {
  conversationId: [404, "error"],
  messageId: [200, "read_done"],
};
const labels = (calls: { names: keyof Subject | null }[]) =>
  calls.flatMap(({ names }, index) => (names ? [[index, names] as const] : []));

const routes = everyCall(nothing);
const frames = (subject: Subject) =>
  Object.values(frameCases).flatMap((framesOf) => framesOf(subject));

const called = (row: readonly [number, keyof Subject]) =>
  [row[0], routes[row[0]]!.route, row[1]] as const;
const asked = (row: readonly [number, keyof Subject]) =>
  [row[0], frames(nothing)[row[0]]!.frame.type, row[1]] as const;

/** That Alice or Bob is online, in whatever words. */
function online(): RegExp {
  const ids = `(${scene.rig.alice.person.id}|${scene.rig.bob.person.id})`;
  return new RegExp(`"(user_)?id":${ids},[^{}]*"is_online":true|"online_users":[^\\]]*${ids}`);
}

/** Only the stranger's own hub may have been asked anything. */
function expectOwnHubOnly(): void {
  const own = scene.rig.carol.person.id;
  expect(scene.hubCalls.filter(({ userId }) => userId !== own)).toEqual([]);
}

const answerTo = async (call: NamedCall) => essence(await callWell(scene, scene.rig.carol, call));

const frameRig = () => createFrameRig(scene.ports, scene.rig.carol.person);

describe("a stranger", () => {
  const byName = labels(routes).filter(([, names]) => things.includes(names));

  test.each(byName.map(called))(
    "gets the same from route %i, %s, by a foreign %s as by one that never was; nothing is stored, no other hub asked [PRIV-1]",
    async (index, _route, names) => {
      const rows = await scene.rig.readRows();
      const foreign = await answerTo(everyCall(scene.theirs)[index]!);
      const missing = await answerTo(everyCall(nothing)[index]!);
      expectOwnHubOnly();
      expect(await scene.rig.readRows()).toBe(rows);
      expect(foreign).toEqual(missing);
      expect(foreign.status).toBe(outcomes[names]?.[0]);
    },
  );

  const framesByName = labels(frames(nothing)).filter(([, names]) => things.includes(names));

  test.each(framesByName.map(asked))(
    "gets the same for frame %i, %s, by a foreign %s as by one that never was; nothing is stored, no other hub asked [PRIV-1] [WS-2]",
    async (index, _type, names) => {
      const rows = await scene.rig.readRows();
      const { ask } = frameRig();
      const answers = [];
      for (const subject of [scene.theirs, nothing]) {
        const said = await ask({ ...frames(subject)[index]!.frame, ref: 1 });
        answers.push(said.map((frame) => ({ ...frame, read_at: null })));
      }
      expectOwnHubOnly();
      expect(await scene.rig.readRows()).toBe(rows);
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toHaveLength(1);
      expect(answers[0]![0]).toMatchObject({ type: outcomes[names]?.[1] });
    },
  );

  test("finds their own messages among foreign ids, and learns nothing of those [READ-3] [PRIV-1]", async () => {
    const { call, rig, theirs, mine } = scene;
    const ids = [theirs.messageId, nothing.messageId, mine.messageId, theirs.messageId];
    const marked = await call(`${chatPath}/chats/mark-read/`, {
      as: rig.carol,
      json: { message_ids: ids },
    });
    expect(await marked.json()).toMatchObject({ marked_count: 1 });
    expect(await frameRig().ask({ type: "read", message_ids: ids })).toMatchObject([
      { type: "read_done", marked_count: 0 },
    ]);
    const told = scene.hubCalls.map(({ userId }) => userId);
    expect(new Set(told)).toEqual(new Set([rig.carol.person.id, mine.userId]));
    const foreign = await call(`${chatPath}/chats/unread-count/`, { as: rig.alice });
    expect(await foreign.json()).toMatchObject({ total_unread: 1 });
  });

  test("pages by a foreign message id through their own conversation alone [PRIV-1] [HIST-1]", async () => {
    const { call, rig, theirs, mine } = scene;
    const path = `${chatPath}/chats/conversation/${mine.userId}/?before_id=`;
    const foreign = await call(path + theirs.messageId, { as: rig.carol });
    expect(await foreign.text()).not.toContain(canary);
    const all = await (await call(path + nothing.messageId, { as: rig.carol })).text();
    expect(all).toContain("a word between us");
    expect(all).not.toContain(canary);
  });

  const about = labels(routes).filter(
    ([index, names]) => names === "userId" && routes[index]!.call.method === undefined,
  );

  test.each(about.map(called))(
    "naming them in route %i, %s, by its %s is shown neither what they wrote nor whether they are online [PRIV-1] [PRES-4]",
    async (index) => {
      const { body } = await answerTo(everyCall(scene.theirs)[index]!);
      expect(body).not.toContain(canary);
      expect(body).not.toMatch(online());
    },
  );

  test("is told of nobody's presence by any list, and shown no one's words [PRES-4] [PRIV-1]", async () => {
    for (const call of routes.filter(({ call: { method } }) => method === undefined)) {
      const { body } = await answerTo(call);
      const shows = [body.includes(canary), online().test(body)];
      expect([call.route, ...shows]).toEqual([call.route, false, false]);
    }
    const lists = ["list_conversations", "presence"].map((type) => frameRig().ask({ type }));
    const text = JSON.stringify(await Promise.all(lists));
    expect(text).not.toContain(canary);
    expect(text).not.toMatch(online());
  });

  test("who follows a link finds what its signature names, whatever conversation they have [FILE-3]", async () => {
    const [own, foreign] = [scene.mine, scene.theirs].map(({ link }) => link.split("?"));
    const mixed = await scene.call(`${foreign![0]}?${own![1]}`, { as: scene.rig.carol });
    const none = await scene.call(nothing.link, { as: scene.rig.carol });
    expect(await essence(mixed)).toEqual(await essence(none));
    expect(mixed.status).toBe(404);
    // 128 bits that no one can guess or count up.
    expect(foreign![0]).toMatch(/\/attachments\/[0-9a-f]{32}\//);
  });
});

describe("whoever asks for an account", () => {
  test("has a password checked once, whether the name is known or not [AUTH-6]", async () => {
    const { rig } = scene;
    let checks = 0;
    const passwords = {
      ...rig.ports.passwords,
      verify(password: string, hash: string) {
        checks += 1;
        return rig.ports.passwords.verify(password, hash);
      },
    };
    const app = rig.appWith({ ports: { passwords } });
    const account = { username: "timed", password: "correct horse" };
    await app.call("/api/auth/register", { json: account });
    const counts: number[] = [];
    for (const username of ["timed", "never-seen"]) {
      checks = 0;
      const json = { username, password: "wrong horse" };
      expect((await app.call("/api/auth/login", { json })).status).toBe(401);
      counts.push(checks);
    }
    expect(counts).toEqual([1, 1]);
  });

  test("costs the history as many questions for a foreign conversation as for none [PRIV-1]", async () => {
    const counted: number[] = [];
    for (const subject of [scene.theirs, nothing]) {
      const asked = await countQuestions(subject);
      counted.push(asked);
    }
    expect(counted[0]).toBe(counted[1]);
    expect(counted[0]).toBeGreaterThan(0);
  });
});

/** How often the history is asked while a stranger tries everything that names a conversation. */
async function countQuestions(subject: Subject): Promise<number> {
  const { rig } = scene;
  let asked = 0;
  const history = wrapMethods(rig.ports.history, (_name, run) => (...given) => {
    asked += 1;
    return run(...given);
  });
  const app = rig.appWith({ ports: { history } });
  for (const call of everyCall(subject)) {
    if (call.names === "conversationId") await callWell(app, rig.carol, call);
  }
  return asked;
}
