import { describe, expect, test } from "vitest";
import { FrameError, readFrame } from "../../src/usecases/read-frame.ts";

function refusalOf(text: string): FrameError {
  try {
    readFrame(text);
  } catch (error) {
    if (error instanceof FrameError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

const message = { type: "message", recipient_id: 123, text: "Hello! How are you?" };
const deep = (open: string, close: string): string => open.repeat(10_000) + close.repeat(10_000);

describe("a frame", () => {
  test.each([
    ["the document's own", message, message],
    ["a recipient in digits", { ...message, recipient_id: "123" }, message],
    ["a client_id of one", { ...message, client_id: "a" }, { ...message, client_id: "a" }],
    [
      "a client_id of 64",
      { ...message, client_id: "a".repeat(64) },
      { ...message, client_id: "a".repeat(64) },
    ],
    ["a ref in words", { type: "ping", ref: "r" }, { type: "ping", ref: "r" }],
    ["a ref in numbers", { type: "ping", ref: 0 }, { type: "ping", ref: 0 }],
    ["fields that nobody knows", { ...message, sender_id: 1, seq: 9, mood: {} }, message],
    ["hello without an id", { type: "hello" }, { type: "hello" }],
    [
      "hello with null",
      { type: "hello", last_event_id: null },
      { type: "hello", last_event_id: null },
    ],
    ["an ack of anything short", { type: "ack", event_id: "x" }, { type: "ack", event_id: "x" }],
    ["no text", { type: "send", conversation_id: 1 }, { type: "send", conversation_id: 1 }],
  ])("is read: %s [WS-2] [WIRE-2] [ID-1]", (_, frame, read) => {
    expect(readFrame(JSON.stringify(frame))).toEqual(read);
  });

  test.each([
    ["nothing", ""],
    ["a blank", " "],
    ["half an object", '{"type":"ping"'],
    ["two objects", '{"type":"ping"}{"type":"ping"}'],
    ["a trailing comma", '{"type":"ping",}'],
    ["single quotes", "{'type':'ping'}"],
    ["a word", "ping"],
    ["a text", '"ping"'],
    ["a number", "1"],
    ["null", "null"],
    ["NaN", "NaN"],
    ["an array", "[]"],
    ["an array of frames", '[{"type":"ping"}]'],
    ["an empty object", "{}"],
    ["deep arrays", deep("[", "]")],
    ["deep arrays in a field", `{"type":${deep("[", "]")}}`],
    ["deep objects as type", `{"type":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`],
    ["a byte order mark", '\uFEFF{"type":"ping"}'],
    ["a NUL", '\u0000{"type":"ping"}'],
  ])("is refused that is %s [WS-2] [JSON-1]", (_, text) => {
    expect(refusalOf(text)).toMatchObject({ code: "invalid-frame", ref: undefined });
  });

  test.each([
    ["unknown", "dance"],
    ["of another case", "PING"],
    ["with a blank", "ping "],
    ["empty", ""],
    ["__proto__", "__proto__"],
    ["constructor", "constructor"],
    ["toString", "toString"],
    ["hasOwnProperty", "hasOwnProperty"],
    ["a number", 1],
    ["null", null],
    ["true", true],
    ["an array", ["ping"]],
    ["an object", { ping: true }],
    ["from the server", "new_message"],
  ])("is refused whose type is %s, with its ref [WS-2]", (_, type) => {
    expect(refusalOf(JSON.stringify({ type, ref: 5 }))).toMatchObject({
      code: "invalid-frame",
      ref: 5,
    });
  });

  test.each<[string, object]>([
    ["a message to nobody", { ...message, recipient_id: undefined }],
    ["a message to null", { ...message, recipient_id: null }],
    ["a message to 0", { ...message, recipient_id: 0 }],
    ["a message to -1", { ...message, recipient_id: -1 }],
    ["a message to 1.5", { ...message, recipient_id: 1.5 }],
    ["a message beyond exact integers", { ...message, recipient_id: "9007199254740992" }],
    ["a message to a list", { ...message, recipient_id: [123] }],
    ["a message to an object", { ...message, recipient_id: { id: 123 } }],
    ["a message to a name", { ...message, recipient_id: "bob" }],
    ["a message to true", { ...message, recipient_id: true }],
    ["a message to two places", { ...message, conversation_id: 1 }],
    ["a text that is a number", { ...message, text: 1 }],
    ["a text that is a list", { ...message, text: ["a"] }],
    ["a text that is an object", { ...message, text: {} }],
    ["an empty client_id", { ...message, client_id: "" }],
    ["a client_id of 65", { ...message, client_id: "a".repeat(65) }],
    ["a client_id that is a number", { ...message, client_id: 1 }],
    ["a client_id with a blank", { ...message, client_id: "a b" }],
    ["a client_id with a line end", { ...message, client_id: "a\n" }],
    ["typing to nobody", { type: "typing", is_typing: true }],
    ["typing in words", { type: "typing", recipient_id: 1, is_typing: "yes" }],
    ["typing without a word", { type: "typing", recipient_id: 1 }],
    ["reading a list of words", { type: "read", message_ids: ["a"] }],
    ["reading what is no list", { type: "read", message_ids: 1 }],
    ["reading too many", { type: "read", message_ids: Array.from({ length: 10_001 }, () => 1) }],
    ["opening nothing", { type: "open_conversation" }],
    ["opening a list", { type: "open_conversation", user_id: [1] }],
    ["a list of no length", { type: "list_conversations", limit: 0 }],
    ["a cursor that is an object", { type: "list_conversations", cursor: {} }],
    ["an ack of nothing", { type: "ack" }],
    ["an ack of a number", { type: "ack", event_id: 5 }],
    ["an ack of null", { type: "ack", event_id: null }],
    ["an ack of a list", { type: "ack", event_id: ["a-1"] }],
    ["an ack of a long text", { type: "ack", event_id: "x".repeat(65) }],
  ])("is refused with its ref that is %s [WS-2] [ID-1]", (_, frame) => {
    const refusal = refusalOf(JSON.stringify({ ...frame, ref: "mine" }));
    expect(refusal).toMatchObject({ code: "invalid-frame", ref: "mine" });
    expect(refusal.message.length).toBeLessThan(300);
  });

  test.each([
    ["an object", {}],
    ["a list", []],
    ["true", true],
    ["null", null],
    ["a text of 65", "x".repeat(65)],
    ["no finite number", Infinity],
  ])("is refused whose ref is %s, without it [WS-2]", (_, ref) => {
    expect(refusalOf(JSON.stringify({ type: "ping", ref }))).toMatchObject({ ref: undefined });
  });

  test.each([
    ["wrong in itself", '{"type":"typing","ref":R}'],
    ["of an unknown type", '{"type":"shout","ref":R}'],
    ["of no type", '{"ref":R}'],
  ])("%s carries back no ref that is none [WS-2]", (_, frame) => {
    const long = JSON.stringify("x".repeat(65));
    for (const ref of [long, "1e999", "{}", "[1]"]) {
      expect(refusalOf(frame.replace("R", ref))).toMatchObject({ ref: undefined });
    }
    expect(refusalOf(frame.replace("R", JSON.stringify("x".repeat(64)))).ref).toHaveLength(64);
  });

  test("changes no prototype by what it holds [WS-2]", () => {
    const read = readFrame('{"type":"ping","__proto__":{"admin":true},"constructor":{"a":1}}');
    expect(read).toEqual({ type: "ping" });
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });
});
