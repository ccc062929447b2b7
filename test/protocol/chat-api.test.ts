import { describe, expect, it } from "vitest";
import { historyPageSchema, sendFormSchema, sendSchema } from "../../src/protocol/chat-api.ts";

describe("a send", () => {
  it("keeps only what a client may say [WIRE-2]", () => {
    const given = { receiver_id: "7", message: "hi", sender_id: 1, seq: 9, is_read: true };
    expect(sendSchema.parse(given)).toEqual({ receiver_id: 7, message: "hi" });
  });

  it("has empty text when it has none, and alters no other [SEND-4]", () => {
    expect(sendSchema.parse({ receiver_id: 7 }).message).toBe("");
    expect(sendSchema.parse({ receiver_id: 7, message: null }).message).toBe("");
    const text = "  e\u0301\r\n\u001b[31m👩‍👩‍👧 ";
    expect(sendSchema.parse({ receiver_id: 7, message: text }).message).toBe(text);
  });

  it.each([undefined, null, "", "null"])("takes %j for no attachment [FORM-1]", (attachment) => {
    expect(sendSchema.safeParse({ receiver_id: 7, attachment }).success).toBe(true);
  });

  it("as a form says the same in text [FORM-1]", () => {
    const form = { receiver_id: "7", message: "hi", attachment: "null", client_id: "" };
    expect(sendFormSchema.parse(form)).toMatchObject({ receiver_id: 7, message: "hi" });
  });
});

describe("a page", () => {
  it("is asked for in digits [HIST-2]", () => {
    const page = { limit: "10", offset: "0", before_id: "9" };
    expect(historyPageSchema.parse(page)).toEqual({ limit: 10, offset: 0, before_id: 9 });
    expect(historyPageSchema.parse({})).toEqual({});
  });
});
