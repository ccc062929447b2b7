import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { Body, Call, HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

/** Nothing bad leaves a row behind or keeps the next request from working. */
async function refusal(path: string, call: Call): Promise<[number, string]> {
  const before = await rig.countMessages();
  const response = await rig.call(path, { as: rig.alice, ...call });
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const { status, code } = await problemOf(response);
  expect(response.status).toBe(status);
  expect(await rig.countMessages()).toBe(before);
  const next = `${chatPath}/chats/conversation/${rig.bob.person.id}/`;
  expect((await rig.call(next, { as: rig.alice })).status).toBe(200);
  return [status, code];
}

const json = { "Content-Type": "application/json" };
const bytes = (...values: number[]) => new Uint8Array(values);
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("a body that is no JSON", () => {
  it.each<[string, Body, string]>([
    ["nothing", "", "malformed-json"],
    ["a trailing comma", '{"receiver_id":1,}', "malformed-json"],
    ["a comment", '{"receiver_id":1/*!*/}', "malformed-json"],
    ["NaN", '{"receiver_id":NaN}', "malformed-json"],
    ["a byte order mark", "\uFEFF{}", "malformed-json"],
    ["UTF-16", bytes(0x7b, 0, 0x7d, 0), "malformed-json"],
    ["overlong UTF-8", bytes(0x22, 0xc0, 0xaf, 0x22), "malformed-json"],
    ["a surrogate in UTF-8", bytes(0x22, 0xed, 0xa0, 0x80, 0x22), "malformed-json"],
    ["a byte above all UTF-8", bytes(0x22, 0xf5, 0x22), "malformed-json"],
    ["10,000 open brackets", "[".repeat(10_000), "malformed-json"],
    ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`, "malformed-json"],
    ["a string of escaped quotes without end", `"${'\\"'.repeat(100_000)}`, "malformed-json"],
    ["null", "null", "invalid-request"],
    ["an array", "[]", "invalid-request"],
    ["a string", '"x"', "invalid-request"],
    ["an empty object", "{}", "invalid-request"],
    ["32 levels", `${"[".repeat(32)}${"]".repeat(32)}`, "invalid-request"],
  ])("is refused when it is %s [JSON-1] [ERR-1]", async (_name, body, code) => {
    const call = { headers: json, body };
    expect(await refusal(`${chatPath}/chats/`, call)).toEqual([400, code]);
  });

  it("is refused above 256 KiB, whatever its length claims to be [JSON-1]", async () => {
    const body = `{"message":"${"x".repeat(256 * 1024)}"}`;
    const call = { headers: { ...json, "Content-Length": "10" }, body };
    expect(await refusal(`${chatPath}/chats/`, call)).toEqual([413, "payload-too-large"]);
  });

  it("is told which number is missing and which is none [ID-1]", async () => {
    const told = async (json: object) =>
      (await problemOf(await rig.call(`${chatPath}/chats/`, { as: rig.alice, json }))).detail;
    expect(await told({ message: "x" })).toBe("receiver_id: required, a whole number");
    expect(await told({ receiver_id: "x" })).toBe("receiver_id: a whole number");
  });

  it("changes no prototype [ERR-1]", async () => {
    const body = '{"__proto__":{"receiver_id":1},"constructor":{"prototype":{"polluted":true}}}';
    expect(await refusal(`${chatPath}/chats/`, { headers: json, body })).toEqual([
      400,
      "invalid-request",
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each([
    ["text/plain"],
    ["application/json; charset=utf-16"],
    ["application/x-www-form-urlencoded"],
    ["application/jsonx"],
    [""],
  ])("is refused as %j [JSON-1]", async (type) => {
    for (const path of ["chats", "chats/mark-read", "chats/typing"]) {
      const call = { headers: { "Content-Type": type }, body: utf8('{"receiver_id":1}') };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await refusal(`${chatPath}/${path}/`, call)).toEqual([415, "unsupported-media-type"]);
    }
  });
});

describe("an id that is none", () => {
  const ids: unknown[] = [
    0,
    -1,
    -0,
    1.5,
    2 ** 53,
    "1e3",
    "1 or 1=1",
    "",
    " 1",
    "+1",
    "9223372036854775808",
    "{7f3a}",
    [1],
    { $ne: 1 },
    true,
    null,
  ];

  it.each(ids.map((id) => [JSON.stringify(id), id]))("is refused: %s [ID-1]", async (_name, id) => {
    const bodies: [string, object][] = [
      ["chats", { receiver_id: id, message: "x" }],
      ["chats/typing", { receiver_id: id, is_typing: true }],
      ["chats/mark-read", { message_ids: [id] }],
    ];
    for (const [path, body] of bodies) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await refusal(`${chatPath}/${path}/`, { json: body })).toEqual([
        400,
        "invalid-request",
      ]);
    }
  });

  it("is refused as 1e400 [ID-1]", async () => {
    const call = { headers: json, body: '{"receiver_id":1e400,"message":"x"}' };
    expect(await refusal(`${chatPath}/chats/`, call)).toEqual([400, "invalid-request"]);
  });

  it.each(["0", "-1", "1.5", "1e3", "abc", "9223372036854775808", "1%20or%201=1"])(
    "is refused in an address: %s [ID-1]",
    async (id) => {
      const path = `${chatPath}/chats/conversation/${id}/`;
      expect(await refusal(path, {})).toEqual([400, "invalid-request"]);
    },
  );

  it("is 404 where it is well formed and nobody's [PRIV-1]", async () => {
    const path = `${chatPath}/chats/conversation/999999999/`;
    expect(await refusal(path, {})).toEqual([404, "not-found"]);
  });
});

describe("paging", () => {
  it.each([
    "limit=0",
    "limit=-1",
    "limit=NaN",
    "limit=1.5",
    "limit=",
    "limit=1&limit=2",
    "offset=-1",
    "offset=1000001",
    "offset=1000000000000",
    "before_id=0",
    "before_id=x",
    "before_id=1&before_id=2",
    "limit=%zz",
    "limit[]=1&limit[$gt]=1&limit=x",
  ])("refuses %s [ERR-1]", async (query) => {
    const path = `${chatPath}/chats/conversation/${rig.bob.person.id}/?${query}`;
    expect(await refusal(path, {})).toEqual([400, "invalid-request"]);
  });

  it.each(["limit=0", "cursor=x", "cursor=%00", "cursor=bm90IGEgY3Vyc29y", "cursor=a&cursor=b"])(
    "refuses %s on the list of conversations [ERR-1]",
    async (query) => {
      const path = `${chatPath}/chats/conversations/?${query}`;
      expect(await refusal(path, {})).toEqual([400, "invalid-request"]);
    },
  );

  it("takes no notice of parameters it does not know [WIRE-2]", async () => {
    const path = `${chatPath}/chats/conversation/${rig.bob.person.id}/?sort=id;drop&user_id=1`;
    expect((await rig.call(path, { as: rig.alice })).status).toBe(200);
  });
});

describe("a message", () => {
  it.each<[string, object, number, string]>([
    ["without text", {}, 400, "empty-message"],
    ["with empty text", { message: "" }, 400, "empty-message"],
    ["of spaces", { message: "  \n\t" }, 400, "empty-message"],
    ["of what cannot be seen", { message: "\u200b\u200d" }, 400, "empty-message"],
    ["of braille blanks", { message: "\u2800 \u2800" }, 400, "empty-message"],
    ["of 4,001 characters", { message: "x".repeat(4_001) }, 400, "text-too-long"],
    ["of 64 KiB without a space", { message: "x".repeat(65_536) }, 400, "text-too-long"],
    ["with NUL", { message: "a\u0000b" }, 400, "invalid-request"],
    ["with half a character", { message: "a\ud800b" }, 400, "invalid-request"],
    ["of a number", { message: 5 }, 400, "invalid-request"],
    ["of an object", { message: { $ne: "" } }, 400, "invalid-request"],
    [
      "with a file named in JSON",
      { message: "x", attachment: "/etc/passwd" },
      400,
      "invalid-request",
    ],
    ["with an object for a file", { message: "x", attachment: {} }, 400, "invalid-request"],
    ["with an empty client_id", { message: "x", client_id: "" }, 400, "invalid-request"],
    ["with a client_id of 65", { message: "x", client_id: "c".repeat(65) }, 400, "invalid-request"],
    ["with a control character", { message: "x", client_id: "a\nb" }, 400, "invalid-request"],
    ["to nobody", { message: "x", receiver_id: 999_999_999 }, 404, "not-found"],
  ])("%s is refused [SEND-4] [ERR-1]", async (...[, change, status, code]) => {
    const body = { receiver_id: rig.bob.person.id, ...change };
    expect(await refusal(`${chatPath}/chats/`, { json: body })).toEqual([status, code]);
  });

  it("to oneself is refused [ERR-1]", async () => {
    const body = { receiver_id: rig.alice.person.id, message: "me" };
    expect(await refusal(`${chatPath}/chats/`, { json: body })).toEqual([
      400,
      "receiver-is-sender",
    ]);
  });

  it("with two different client ids is refused [SEND-2]", async () => {
    const headers = { "Idempotency-Key": "one" };
    const body = { receiver_id: rig.bob.person.id, message: "x", client_id: "other" };
    expect(await refusal(`${chatPath}/chats/`, { headers, json: body })).toEqual([
      400,
      "invalid-request",
    ]);
  });

  it("names the field that is wrong [ERR-1]", async () => {
    const call = { as: rig.alice, json: { receiver_id: rig.bob.person.id, message: 5 } };
    const { errors, detail } = await problemOf(await rig.call(`${chatPath}/chats/`, call));
    expect(errors).toEqual([{ path: "message", message: expect.any(String) }]);
    expect(detail).toContain("message");
  });
});

describe("mark-read", () => {
  it.each<[string, object]>([
    ["names nothing", {}],
    ["names nothing but null", { message_ids: null, conversation_id: null }],
    ["names all three", { message_ids: [1], conversation_id: 1, sender_id: 1 }],
    ["names 10,001 messages", { message_ids: Array.from({ length: 10_001 }, (_, i) => i + 1) }],
    ["names messages outside of a list", { message_ids: 1 }],
    ["names messages by a wish", { message_ids: { $gt: 0 } }],
  ])("is refused when it %s [ERR-1]", async (_name, body) => {
    expect(await refusal(`${chatPath}/chats/mark-read/`, { json: body })).toEqual([
      400,
      "invalid-request",
    ]);
  });

  it.each<[string, object]>([
    ["conversation", { conversation_id: 999_999_999 }],
    ["sender", { sender_id: 999_999_999 }],
  ])("is 404 for a %s that is not one's own [PRIV-1]", async (_name, body) => {
    expect(await refusal(`${chatPath}/chats/mark-read/`, { json: body })).toEqual([
      404,
      "not-found",
    ]);
  });
});

describe("typing", () => {
  it.each([{ is_typing: "true" }, { is_typing: 1 }, { is_typing: null }, {}])(
    "is refused with %j [ERR-1]",
    async (body) => {
      const call = { json: { receiver_id: rig.bob.person.id, ...body } };
      expect(await refusal(`${chatPath}/chats/typing/`, call)).toEqual([400, "invalid-request"]);
    },
  );
});
