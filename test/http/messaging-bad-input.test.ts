import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundary, field, file, formBytes } from "../support/form-bytes.ts";
import type { RawPart } from "../support/form-bytes.ts";
import { openHttpRig, problemOf } from "../support/http-rig.ts";
import type { Call, HttpRig } from "../support/http-rig.ts";
import { messagingPath, postAs } from "../support/messaging.ts";
import type { Conversation } from "../support/messaging.ts";

let rig: HttpRig;
/** Alice's with Bob. */
let mine: number;
/** Bob's with Carol, in which something was written. */
let theirs: number;

beforeAll(async () => {
  rig = await openHttpRig();
  const json = { user_id: rig.bob.person.id };
  const opened = await postAs<Conversation>(rig, rig.alice, { path: "conversations/", json });
  mine = opened.body.id;
  const sent = await postAs<{ conversation: number }>(rig, rig.bob, {
    path: "messages/",
    json: { recipient_id: rig.carol.person.id, text: "secret" },
  });
  theirs = sent.body.conversation;
});
afterAll(() => rig.close());

/** Nothing bad leaves a row behind or keeps the next request from working. */
async function refusal(path: string, call: Call = {}): Promise<[number, string]> {
  const before = await rig.countMessages();
  const response = await rig.call(`${messagingPath}/${path}`, { as: rig.alice, ...call });
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const { status, code } = await problemOf(response);
  expect(response.status).toBe(status);
  expect(await rig.countMessages()).toBe(before);
  expect((await rig.call(`${messagingPath}/conversations/`, { as: rig.alice })).status).toBe(200);
  return [status, code];
}

const invalid = [400, "invalid-request"];
const notFound = [404, "not-found"];
const routes: [string, string][] = [
  ["GET", "messages/?user_id=1"],
  ["POST", "messages/"],
  ["GET", "messages/user/1/unread/"],
  ["GET", "unread-count/"],
  ["GET", "conversations/"],
  ["POST", "conversations/"],
  ["GET", "conversations/1/"],
  ["GET", "conversations/1/messages/"],
  ["POST", "conversations/1/messages/"],
  ["GET", "../messages/?user_id=1"],
];

describe("a token", () => {
  it.each(routes)("is needed for %s %s, before anything is read [AUTH-1]", async (method, path) => {
    const call = { method, ...(method === "POST" && { body: "{" }) };
    const response = await rig.call(`${messagingPath}/${path}`, call);
    expect(await problemOf(response)).toMatchObject({ status: 401, code: "unauthorized" });
  });
});

describe("an id that is none", () => {
  it.each(["0", "-1", "1.5", "1e3", "abc", "9223372036854775808", "1%20or%201=1", "%00"])(
    "is refused in an address: %s [ID-1]",
    async (id) => {
      const expected = id === "%00" ? [400, "malformed-url"] : invalid;
      expect(await refusal(`conversations/${id}/`)).toEqual(expected);
      expect(await refusal(`conversations/${id}/messages/`)).toEqual(expected);
      expect(await refusal(`messages/user/${id}/unread/`)).toEqual(expected);
      const json = { text: "x" };
      expect(await refusal(`conversations/${id}/messages/`, { json })).toEqual(expected);
    },
  );

  const ids = [0, -1, 1.5, 2 ** 53, "1e3", "", " 1", [1], { $ne: 1 }, true, null];
  it.each(ids.map((id) => [JSON.stringify(id), id]))(
    "is refused in a body: %s [ID-1]",
    async (_name, id) => {
      expect(await refusal("conversations/", { json: { user_id: id } })).toEqual(invalid);
      const json = { recipient_id: id, text: "x" };
      expect(await refusal("messages/", { json })).toEqual(invalid);
    },
  );
});

describe("what belongs to others", () => {
  it("is 404, exactly as what does not exist [PRIV-1]", async () => {
    for (const id of [theirs, 999_999_999]) {
      const path = `conversations/${id}/`;
      const json = { text: "x" };
      // oxlint-disable no-await-in-loop -- one after the other
      expect(await refusal(path)).toEqual(notFound);
      expect(await refusal(`${path}messages/`)).toEqual(notFound);
      expect(await refusal(`${path}messages/`, { json })).toEqual(notFound);
      expect(await refusal(`${path}messages/`, form([file("x")]))).toEqual(notFound);
      // oxlint-enable no-await-in-loop
    }
  });

  it.each([
    ["messages/?user_id=999999999", {}],
    ["messages/user/999999999/unread/", {}],
    ["conversations/", { json: { user_id: 999_999_999 } }],
    ["messages/", { json: { recipient_id: 999_999_999, text: "x" } }],
  ])("is 404 of nobody: %s %j [PRIV-1]", async (path, call) => {
    expect(await refusal(path, call)).toEqual(notFound);
  });

  it("is no one's cursor [PRIV-1]", async () => {
    const cursor = btoa("before 999999999999");
    const path = `${messagingPath}/messages/?user_id=${rig.carol.person.id}&cursor=${cursor}`;
    expect(await (await rig.call(path, { as: rig.alice })).text()).not.toContain("secret");
  });
});

describe("a page", () => {
  const bad = ["limit=0", "limit=-1", "limit=x", "limit=1&limit=2", "limit=", "cursor=x"];
  const cursors = ["cursor=", "cursor=%00", "cursor=a&cursor=b", `cursor=${"a".repeat(201)}`];

  it.each([...bad, ...cursors])("is refused with %s [HIST-3]", async (query) => {
    expect(await refusal(`conversations/?${query}`)).toEqual(invalid);
    expect(await refusal(`conversations/${mine}/messages/?${query}`)).toEqual(invalid);
    const user = `user_id=${rig.bob.person.id}`;
    expect(await refusal(`messages/?${user}&${query}`)).toEqual(invalid);
  });

  it("takes no cursor of another list [HIST-3]", async () => {
    const ofConversations = btoa("2026-01-09T10:30:00.000Z 1");
    const ofMessages = btoa("before 1").replaceAll("=", "");
    expect(await refusal(`conversations/${mine}/messages/?cursor=${ofConversations}`)).toEqual(
      invalid,
    );
    expect(await refusal(`conversations/?cursor=${ofMessages}`)).toEqual(invalid);
  });

  it.each(["", "?user_id=", "?user_id=x", "?user_id=1&user_id=2", "?user=1"])(
    "of messages needs one user: %j [ID-1]",
    async (query) => {
      expect(await refusal(`messages/${query}`)).toEqual(invalid);
      expect(await refusal(`../messages/${query}`)).toEqual(invalid);
    },
  );
});

describe("opening a conversation", () => {
  it.each<[string, object]>([
    ["nobody", {}],
    ["nobody but null", { user_id: null, recipient_id: null }],
    ["two people", { user_id: 1, participant_id: 2 }],
    ["a list", { user_id: [1, 2] }],
  ])("is refused with %s [CONV-1]", async (_name, json) => {
    expect(await refusal("conversations/", { json })).toEqual(invalid);
  });

  it("is refused with oneself, and as no JSON [CONV-1] [JSON-1]", async () => {
    const json = { user_id: rig.alice.person.id };
    expect(await refusal("conversations/", { json })).toEqual([400, "receiver-is-sender"]);
    const headers = { "Content-Type": "application/json" };
    expect(await refusal("conversations/", { headers, body: "{" })).toEqual([
      400,
      "malformed-json",
    ]);
    const plain = { headers: { "Content-Type": "text/plain" }, body: "{}" };
    expect(await refusal("conversations/", plain)).toEqual([415, "unsupported-media-type"]);
  });
});

const form = (parts: RawPart[]): Call => ({
  method: "POST",
  headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
  body: formBytes(parts),
});

describe("a message", () => {
  it.each<[string, object, number, string]>([
    ["without text", {}, 400, "empty-message"],
    ["of spaces", { text: "  \n\t", content: "" }, 400, "empty-message"],
    ["of 4,001 characters", { text: "x".repeat(4_001) }, 400, "text-too-long"],
    ["with two texts", { text: "a", content: "b" }, 400, "invalid-request"],
    ["with NUL", { content: "a\u0000b" }, 400, "invalid-request"],
    ["of a number", { text: 5 }, 400, "invalid-request"],
    ["with a file named in JSON", { text: "x", attachment: "/etc/passwd" }, 400, "invalid-request"],
    ["with a bad client_id", { text: "x", client_id: "a b" }, 400, "invalid-request"],
  ])("%s is refused [SEND-4]", async (...[, json, status, code]) => {
    expect(await refusal(`conversations/${mine}/messages/`, { json })).toEqual([status, code]);
    const to = { recipient_id: rig.bob.person.id, ...json };
    expect(await refusal("messages/", { json: to })).toEqual([status, code]);
  });

  it("to oneself is refused [SEND-4]", async () => {
    const json = { recipient_id: rig.alice.person.id, text: "me" };
    expect(await refusal("messages/", { json })).toEqual([400, "receiver-is-sender"]);
  });

  it("with another text under its client_id is refused [SEND-2]", async () => {
    const path = `conversations/${mine}/messages/`;
    await postAs(rig, rig.alice, { path, json: { text: "one", client_id: "conflict" } });
    const json = { text: "two", client_id: "conflict" };
    expect(await refusal(path, { json })).toEqual([409, "idempotency-conflict"]);
  });
});

describe("a form", () => {
  it.each<[string, RawPart[], number, string]>([
    ["with two files", [file("a"), file("b")], 400, "invalid-request"],
    ["with a file elsewhere", [file("a", { name: "photo" })], 400, "invalid-request"],
    ["with an empty file", [file("")], 400, "invalid-request"],
    ["with two texts", [field("text", "a"), field("text", "a")], 400, "invalid-request"],
    [
      "with other text as content",
      [field("text", "a"), field("content", "b")],
      400,
      "invalid-request",
    ],
    ["without anything", [field("message", "of the other API")], 400, "empty-message"],
    ["with too long a text", [field("text", "x".repeat(4_001)), file("a")], 400, "text-too-long"],
  ])("%s is refused [FORM-1]", async (...[, parts, status, code]) => {
    const path = `conversations/${mine}/messages/`;
    expect(await refusal(path, form(parts))).toEqual([status, code]);
  });

  it("to a user without the user is refused [FORM-1]", async () => {
    expect(await refusal("messages/", form([field("text", "x")]))).toEqual(invalid);
  });

  it("is not read to its end when its conversation is not one's own [FORM-1]", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(new Uint8Array(65_536));
          pulled += 1;
        },
      },
      { highWaterMark: 0 },
    );
    const call = { ...form([]), body };
    expect(await refusal(`conversations/${theirs}/messages/`, call)).toEqual(notFound);
    expect(pulled).toBe(0);
  });
});

describe("a method", () => {
  it.each([
    ["PUT", "conversations/", "GET, POST, OPTIONS"],
    ["DELETE", "conversations/1/", "GET, OPTIONS"],
    ["HEAD", "conversations/1/messages/", "GET, POST, OPTIONS"],
    ["POST", "../messages/", "GET, OPTIONS"],
  ])("%s of %s is 405 [METHOD-1]", async (method, path, allow) => {
    const response = await rig.call(`${messagingPath}/${path}`, { as: rig.alice, method });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, allow]);
  });
});
