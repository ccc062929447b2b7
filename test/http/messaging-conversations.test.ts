import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { Guest, HttpRig } from "../support/http-rig.ts";
import { messagingPath, postAs, readAs } from "../support/messaging.ts";
import type { Conversation, Conversations } from "../support/messaging.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.hubs.online.clear());

const open = (as: Guest, json: object) =>
  postAs<Conversation>(rig, as, { path: "conversations/", json });
const write = (as: Guest, to: Guest, text: string) =>
  postAs(rig, as, { path: "messages/", json: { recipient_id: to.person.id, text } });

async function stranger(username: string): Promise<Guest> {
  const claims = { externalId: `account:${username}`, username, fullName: "", avatar: null };
  const person = await rig.ports.users.ensureUser(claims);
  return { person, token: await rig.ports.issuer.issueToken(claims) };
}

describe("opening a conversation", () => {
  it("is 201 for a new one and 200 with the same body for one that is there [CONV-1]", async () => {
    const first = await open(rig.alice, { user_id: rig.carol.person.id });
    expect(first.status).toBe(201);
    const carol = {
      id: rig.carol.person.id,
      username: "carol",
      full_name: "",
      avatar: null,
      is_online: false,
    };
    expect(first.body).toEqual({
      id: expect.any(Number),
      participants: [
        {
          id: rig.alice.person.id,
          username: "alice",
          full_name: "Alice Moreau",
          avatar: null,
          is_online: true,
        },
        carol,
      ],
      other_user: { ...carol, last_seen: null },
      last_message: null,
      unread_count: 0,
      updated_at: expect.stringMatching(/Z$/),
    });
    const again = await open(rig.alice, { user_id: rig.carol.person.id });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await readAs(rig, rig.alice, `conversations/${first.body.id}/`)).toEqual(first.body);
  });

  it("happens once when it is asked for many times at once [CONV-1]", async () => {
    const dora = await stranger("dora");
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => open(dora, { user_id: rig.bob.person.id })),
    );
    expect(new Set(opened.map(({ body }) => body.id)).size).toBe(1);
    expect(opened.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it.each(["user_id", "recipient_id", "participant_id"])(
    "takes the other user as %s, in digits too [CONV-1] [ID-1]",
    async (name) => {
      const { body } = await open(rig.alice, { [name]: String(rig.bob.person.id) });
      expect(body.other_user.id).toBe(rig.bob.person.id);
    },
  );

  it("tells the opener nothing of the other one's presence [CONV-1] [PRES-4]", async () => {
    const emil = await stranger("emil");
    rig.hubs.online.add(rig.bob.person.id);
    const { body } = await open(emil, { user_id: rig.bob.person.id });
    expect(body.other_user).toMatchObject({ is_online: false, last_seen: null });
    expect(await rig.hubs.type(emil.person, rig.bob.person.id, true)).toBe(false);
  });

  it("shows the other one nothing before something was written [CONV-1] [PRIV-1]", async () => {
    const fritz = await stranger("fritz");
    const { body } = await open(rig.carol, { user_id: fritz.person.id });
    expect((await readAs<Conversations>(rig, fritz, "conversations/")).results).toEqual([]);
    const peek = await rig.call(`${messagingPath}/conversations/${body.id}/`, { as: fritz });
    expect(await problemOf(peek)).toMatchObject({ status: 404, code: "not-found" });
    await write(rig.carol, fritz, "hello");
    const [seen] = (await readAs<Conversations>(rig, fritz, "conversations/")).results;
    expect(seen).toMatchObject({ id: body.id, unread_count: 1 });
  });

  it("is refused beyond the limit of sends [SEND-5]", async () => {
    const limits = { ...rig.ports.config.limits, sendBurst: 1, sendPerSecond: 0.5 };
    const { limiter } = rig.ports;
    const app = rig.appWith({
      config: { limits },
      ports: { limiter: { take: (key, rule) => limiter.take(`limited:${key}`, rule) } },
    });
    const call = () =>
      app.call(`${messagingPath}/conversations/`, {
        as: rig.alice,
        json: { user_id: rig.bob.person.id },
      });
    expect((await call()).ok).toBe(true);
    const refused = await call();
    expect(refused.headers.get("Retry-After")).toBe("2");
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: "rate-limited" });
  });

  it("goes on while the hubs are away [ERR-4]", async () => {
    const sync = () => Promise.reject(new Error("away"));
    const app = rig.appWith({ ports: { hubs: { ...rig.hubs, sync } } });
    const json = { user_id: rig.bob.person.id };
    const response = await app.call(`${messagingPath}/conversations/`, { as: rig.alice, json });
    expect(response.ok).toBe(true);
    expect(((await response.json()) as Conversation).other_user.is_online).toBe(false);
  });
});

describe("the list of conversations", () => {
  it("has what was written last, by whom, and what is unread [WIRE-1]", async () => {
    const gerda = await stranger("gerda");
    await write(gerda, rig.bob, "one");
    await write(gerda, rig.bob, "two");
    const [mine] = (await readAs<Conversations>(rig, gerda, "conversations/")).results;
    const [theirs] = (await readAs<Conversations>(rig, rig.bob, "conversations/")).results;
    expect(mine).toMatchObject({
      last_message: { content: "two", by_me: true },
      unread_count: 0,
    });
    expect(theirs).toMatchObject({
      id: mine!.id,
      last_message: { ...mine!.last_message, by_me: false },
      unread_count: 2,
      other_user: { id: gerda.person.id },
    });
  });

  it("comes in pages whose links lead through all of it, once each [HIST-3]", async () => {
    const henry = await stranger("henry");
    for (const other of [rig.alice, rig.bob, rig.carol]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await write(henry, other, "hi");
    }
    const ids: number[] = [];
    const links: string[] = [];
    let next: string | null = "conversations/?limit=1&unknown=x";
    while (next !== null) {
      links.push(next);
      // oxlint-disable-next-line no-await-in-loop -- a page knows the next one
      const page: Conversations = await readAs(rig, henry, next);
      expect(page.previous).toBeNull();
      ids.push(...page.results.map(({ other_user: { id } }) => id));
      ({ next } = page);
    }
    const link = /^http:\/\/localhost\/api\/messaging\/conversations\/\?limit=1&cursor=[\w-]+$/;
    expect(links.slice(1).filter((each) => link.test(each))).toHaveLength(2);
    expect(ids).toEqual([rig.carol, rig.bob, rig.alice].map(({ person }) => person.id));
  });

  it("is one whole page without a limit [HIST-3]", async () => {
    const ida = await stranger("ida");
    await write(ida, rig.bob, "hi");
    const page = await readAs<Conversations>(rig, ida, "conversations");
    expect(page).toMatchObject({ results: [{}], next: null, previous: null });
  });

  it("agrees with the SSE chat API's list [WIRE-1]", async () => {
    const here = await readAs<Conversations>(rig, rig.bob, "conversations/");
    const response = await rig.call(`${chatPath}/chats/conversations/`, { as: rig.bob });
    const there = (await response.json()) as { conversation_id: number; unread_count: number }[];
    expect(here.results.map(({ id, unread_count }) => [id, unread_count])).toEqual(
      there.map(({ conversation_id, unread_count }) => [conversation_id, unread_count]),
    );
  });
});
