import { describe, expect, it } from "vitest";
import { boundaryOf, readForm } from "../../src/http/multipart.ts";
import { ChatError } from "../../src/protocol/error.ts";
import { boundary, concat, field, file, formBytes, streamOf } from "../support/form-bytes.ts";

type Read = { name: string; value: string } | { name: string; fileName: string; bytes: Uint8Array };

async function read(bytes: Uint8Array, size = 65_536, limit = 2 ** 25): Promise<Read[]> {
  const parts: Read[] = [];
  for await (const part of readForm(streamOf(bytes, size), boundary, { bytes: limit })) {
    if (part.kind === "field") parts.push({ name: part.name, value: part.value });
    else {
      const { name, fileName } = part;
      parts.push({ name, fileName, bytes: concat(await Array.fromAsync(part.bytes)) });
    }
  }
  return parts;
}

async function codeOf(bytes: Uint8Array, size?: number): Promise<string> {
  const error: unknown = await read(bytes, size).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof ChatError ? error.code : String(error);
}

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Bytes that look like a boundary again and again. */
const tricky = utf8(
  `\r\n--${boundary.slice(0, -1)}\r\r\n\r\n-\r\n--\r\n--${boundary.slice(0, -2)}`,
);

describe("a form", () => {
  const whole = formBytes([field("message", "Grüße 👋"), file(tricky), field("receiver_id", "7")]);
  const expected = [
    { name: "message", value: "Grüße 👋" },
    { name: "attachment", fileName: "note.txt", bytes: tricky },
    { name: "receiver_id", value: "7" },
  ];

  it("reads the same however its bytes are cut [FORM-1]", async () => {
    for (let size = 1; size <= 80; size += 1) {
      // oxlint-disable-next-line no-await-in-loop -- a failure names its size
      expect(await read(whole, size), `pieces of ${size}`).toEqual(expected);
    }
  });

  it("reads the same when it is cut in two at any place [FORM-1]", async () => {
    for (let cut = 1; cut < whole.length; cut += 1) {
      const pieces = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(whole.slice(0, cut));
          controller.enqueue(whole.slice(cut));
          controller.close();
        },
      });
      const names: string[] = [];
      // oxlint-disable-next-line no-await-in-loop -- a failure names its place
      for await (const { name } of readForm(pieces, boundary, { bytes: 10_000 })) names.push(name);
      expect(names, `cut at ${cut}`).toEqual(["message", "attachment", "receiver_id"]);
    }
  });

  it("may have something before and after it [FORM-1]", async () => {
    const around = concat([utf8("preamble\r\n"), whole, utf8("epilogue: \u0000\r\n--x")]);
    expect(await read(around)).toEqual(expected);
    expect(await read(around, 7)).toEqual(expected);
  });

  it("without parts is empty [FORM-1]", async () => {
    expect(await read(formBytes([]))).toEqual([]);
  });

  it("asks for no more than its reader takes [FORM-1]", async () => {
    const parts = formBytes([file(new Uint8Array(1_000_000))]);
    let given = 0;
    const counted = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(parts.slice(given, given + 1_000));
          given += 1_000;
        },
      },
      { highWaterMark: 0 },
    );
    for await (const part of readForm(counted, boundary, { bytes: 2_000_000 })) {
      if (part.kind !== "file") continue;
      const bytes = part.bytes[Symbol.asyncIterator]();
      await bytes.next();
      await bytes.next();
      break;
    }
    expect(given).toBeLessThan(10_000);
  });

  it.each([
    ['name="attachment"; filename="日本語.png"', "日本語.png"],
    ['name="attachment"; filename="a %22quoted%22 name.txt"', 'a "quoted" name.txt'],
    [String.raw`name="attachment"; filename="a \"quoted\" name.txt"`, 'a "quoted" name.txt'],
    ["name=\"attachment\"; filename*=UTF-8''%e2%82%ac.txt", "€.txt"],
    ["name=attachment; filename=plain.txt", "plain.txt"],
    ['name="attachment"; filename="x.txt"; filename*=UTF-8\'\'%zz', "x.txt"],
    ['filename="semi;colon.txt"; name="attachment"', "semi;colon.txt"],
  ])("knows a file by %s [FORM-1]", async (disposition, fileName) => {
    const head = `content-disposition: form-data; ${disposition}`;
    expect(await read(formBytes([{ head, body: "x" }]))).toMatchObject([
      { name: "attachment", fileName },
    ]);
  });
});

describe("a form that is none", () => {
  it.each<[string, Uint8Array, string]>([
    ["has no last boundary", formBytes([field("message", "x")], ""), "malformed-multipart"],
    ["ends within a file", formBytes([file("x".repeat(99))]).slice(0, 150), "malformed-multipart"],
    ["ends within a header", formBytes([file("x")]).slice(0, 60), "malformed-multipart"],
    ["is empty", new Uint8Array(), "malformed-multipart"],
    ["is another form", utf8("--other\r\n\r\nx\r\n--other--\r\n"), "malformed-multipart"],
    ["has a part without a name", formBytes([{ head: "X: y", body: "" }]), "malformed-multipart"],
    [
      "has a part that is no form data",
      formBytes([{ head: 'Content-Disposition: attachment; name="a"', body: "" }]),
      "malformed-multipart",
    ],
    [
      "ends its lines with CR alone",
      utf8(new TextDecoder().decode(formBytes([field("a", "b")])).replaceAll("\r\n", "\r")),
      "malformed-multipart",
    ],
    [
      "ends its lines with LF alone",
      utf8(new TextDecoder().decode(formBytes([field("a", "b")])).replaceAll("\r\n", "\n")),
      "malformed-multipart",
    ],
    [
      "has a header of 9 KiB",
      formBytes([
        { ...field("a", "b"), head: `${field("a", "").head}\r\nX: ${"y".repeat(9_216)}` },
      ]),
      "malformed-multipart",
    ],
    [
      "has a header of 1 MiB",
      formBytes([{ head: `X: ${"y".repeat(2 ** 20)}`, body: "" }]),
      "malformed-multipart",
    ],
    [
      "has a field that is no UTF-8",
      formBytes([{ ...field("message", ""), body: new Uint8Array([0xc0, 0xaf]) }]),
      "malformed-multipart",
    ],
    [
      "has 11 parts",
      formBytes(Array.from({ length: 11 }, (_, i) => field(`f${i}`, "x"))),
      "payload-too-large",
    ],
    [
      "has a field of 64 KiB and 1",
      formBytes([field("a", "x".repeat(65_537))]),
      "payload-too-large",
    ],
  ])("is refused when it %s [ERR-1]", async (_name, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
    expect(await codeOf(bytes, 13)).toBe(code);
  });

  it("is refused above its limit in all [FILE-4]", async () => {
    const endless = formBytes([file(new Uint8Array(20_000))]);
    await expect(read(endless, 1_000, 10_000)).rejects.toMatchObject({ code: "payload-too-large" });
  });
});

describe("a boundary", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['Multipart/Form-Data;boundary="a b:c"', "a b:c"],
    ["multipart/form-data; charset=utf-8; boundary=abc", "abc"],
    ["application/json", null],
    ["multipart/mixed; boundary=abc", null],
    [undefined, null],
  ])("of %j is %j [FORM-1]", (type, found) => {
    expect(boundaryOf(type)).toBe(found);
  });

  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    `multipart/form-data; boundary=${"x".repeat(71)}`,
    "multipart/form-data; boundary=é",
    'multipart/form-data; boundary="ends with a space "',
  ])("is missing from %j [ERR-1]", (type) => {
    expect(() => boundaryOf(type)).toThrow(ChatError);
  });
});
