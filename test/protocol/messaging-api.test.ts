import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import {
  messagingMessageSchema,
  messagingSendFormSchema,
  messagingSendToSchema,
} from "../../src/protocol/messaging-api.ts";
import { renderMessagingMessage } from "../../src/protocol/messaging-message.ts";
import type { MessagingMessage } from "../../src/protocol/messaging-message.ts";
import { sampleMessage } from "../support/sample.ts";

const attachment = {
  id: "0".repeat(32),
  kind: "image" as const,
  name: "a.png",
  contentType: "image/png",
  size: 5,
};

describe("a message of the messaging API", () => {
  it("has the schema that its type says [DOCS-1]", () => {
    expectTypeOf<z.output<typeof messagingMessageSchema>>().toEqualTypeOf<MessagingMessage>();
    const plain = renderMessagingMessage(sampleMessage(1), () => "");
    const withFile = renderMessagingMessage(sampleMessage(2, { attachment }), ({ id }) => `/${id}`);
    for (const message of [plain, withFile]) {
      expect(messagingMessageSchema.strict().parse(message)).toEqual(message);
      expect(Object.keys(message)).toEqual(Object.keys(messagingMessageSchema.shape));
    }
  });

  it("is found by its uuid here and by its number on the SSE chat API [WIRE-1]", () => {
    const message = sampleMessage(1, { attachment });
    expect(renderMessagingMessage(message, ({ id }) => `/${id}`)).toMatchObject({
      id: message.uuid,
      message_id: message.id,
      attachment_url: `/${attachment.id}`,
    });
  });
});

describe("a send of the messaging API", () => {
  it("keeps only what a client may say [WIRE-2]", () => {
    const given = { recipient_id: "7", text: "hi", sender_id: 1, seq: 9, is_read: true };
    expect(messagingSendToSchema.parse(given)).toEqual({
      recipient_id: 7,
      text: "hi",
      content: "",
    });
  });

  it("says the same as a form [FORM-1]", () => {
    const form = { content: "hi", attachment: "null", client_id: "" };
    expect(messagingSendFormSchema.parse(form)).toMatchObject({ text: "", content: "hi" });
  });
});
