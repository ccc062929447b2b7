import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { pngOf, samples } from "../support/form-bytes.ts";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;
let image: string;
let document: string;

beforeAll(async () => {
  rig = await openHttpRig();
  image = await linkTo(samples.png, "cat.png");
  document = await linkTo(samples.html, "\"quoted\" 'été'.html");
});
afterAll(() => rig.close());

async function linkTo(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  const form = new FormData();
  form.append("receiver_id", String(rig.bob.person.id));
  form.append("attachment", new File([bytes], name));
  const response = await rig.call(`${chatPath}/chats/`, { as: rig.alice, body: form });
  return ((await response.json()) as ChatMessage).attachment_url!;
}

const get = (link: string, headers: Record<string, string> = {}, method = "GET") =>
  rig.call(link, { headers, method });

describe("a link to a file", () => {
  it("works without a token and shows an image in its place [FILE-1] [FILE-3]", async () => {
    const response = await get(image);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(samples.png);
    const { headers } = response;
    expect(headers.get("Content-Type")).toBe("image/png");
    expect(headers.get("Content-Disposition")).toBe(
      "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png",
    );
    expect(headers.get("Content-Length")).toBe(String(samples.png.length));
    expect(headers.get("Cache-Control")).toBe("private, max-age=3600");
    expect(headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'");
    expect(headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Accept-Ranges")).toBe("bytes");
  });

  it("has anything that could run saved, under its own name [FILE-1]", async () => {
    const { headers } = await get(document);
    expect(headers.get("Content-Type")).toBe("application/octet-stream");
    expect(headers.get("Content-Disposition")).toBe(
      "attachment; filename=\"_quoted_ '_t_'.html\"; filename*=UTF-8''_quoted_%20%27%C3%A9t%C3%A9%27.html",
    );
  });

  it.each([
    ["a.html", "a.html.png"],
    ["a", "a.png"],
    ["CAT.PNG", "CAT.PNG"],
    [".png", ".png"],
    [`${"x".repeat(240)}.htm`, `${"x".repeat(240)}.htm.png`],
  ])("shows an image called %s as %s [FILE-1]", async (given, name) => {
    const { headers } = await get(await linkTo(samples.png, given));
    expect(headers.get("Content-Disposition")).toContain(`inline; filename="${name}"`);
  });

  it("has a picture of more than 40 megapixels saved [FILE-1]", async () => {
    const { headers } = await get(await linkTo(pngOf(100_000, 100_000), "a.png"));
    expect(headers.get("Content-Disposition")).toContain("attachment; ");
  });

  it("stays the same for a while, so that a browser can keep what it shows [FILE-3]", async () => {
    const path = `${chatPath}/chats/conversation/${rig.bob.person.id}/`;
    const response = await rig.call(path, { as: rig.alice });
    const { messages } = (await response.json()) as { messages: ChatMessage[] };
    expect(messages.map(({ attachment_url }) => attachment_url)).toContain(image);
    const expires = Number(new URL(image).searchParams.get("expires"));
    const hours = (expires - Date.now() / 1_000) / 3_600;
    expect(expires % 3_600).toBe(0);
    expect(hours).toBeGreaterThan(24);
    expect(hours).toBeLessThanOrEqual(25);
  });

  it("leads to where clients reach the server [FILE-3]", async () => {
    const app = rig.appWith({ config: { publicUrl: "https://chat.example.com/" } });
    const path = `${chatPath}/chats/conversation/${rig.bob.person.id}/`;
    const text = await (await app.call(path, { as: rig.alice })).text();
    expect(text).toContain(`"https://chat.example.com${chatPath}/attachments/`);
  });

  it.each<[string, (link: URL) => void]>([
    ["another signature", (link) => link.searchParams.set("signature", "A".repeat(43))],
    ["no signature", (link) => link.searchParams.delete("signature")],
    ["two signatures", (link) => link.searchParams.append("signature", "x")],
    ["a later expiry", (link) => link.searchParams.set("expires", "99999999999")],
    ["an expiry that is no number", (link) => link.searchParams.set("expires", "1e99")],
    ["another file's id", (link) => void (link.pathname = new URL(document).pathname)],
    [
      "the id of no file",
      (link) => void (link.pathname = `${chatPath}/attachments/${"0".repeat(32)}/cat.png`),
    ],
    ["a malformed id", (link) => void (link.pathname = `${chatPath}/attachments/x/cat.png`)],
  ])("is 404 with %s [FILE-3]", async (_name, change) => {
    const link = new URL(image);
    change(link);
    expect(await problemOf(await get(link.href))).toMatchObject({ status: 404, code: "not-found" });
  });

  it("is 404 once it has expired [FILE-3]", async () => {
    const later = Date.now() + 26 * 3_600_000;
    const app = rig.appWith({ ports: { clock: { ...rig.ports.clock, now: () => later } } });
    expect((await app.call(image)).status).toBe(404);
  });

  it("is 404 when its file is gone, although the signature is right [FILE-3]", async () => {
    const expires = Math.floor(Date.now() / 1_000) + 60;
    const id = "f".repeat(32);
    const signature = rig.ports.links.sign(id, expires);
    const link = `${chatPath}/attachments/${id}/x?expires=${expires}&signature=${signature}`;
    expect((await get(link)).status).toBe(404);
  });
});

describe("part of a file", () => {
  const size = samples.png.length;

  it.each([
    ["bytes=0-0", 0, 0],
    ["bytes=2-5", 2, 5],
    ["bytes=60-", 60, size - 1],
    ["bytes=-4", size - 4, size - 1],
    ["bytes=-999999", 0, size - 1],
    ["bytes=5-999999", 5, size - 1],
  ])("is given for %s [FILE-5]", async (range, first, last) => {
    const response = await get(image, { Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${first}-${last}/${size}`);
    expect(response.headers.get("Content-Length")).toBe(String(last - first + 1));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(
      samples.png.subarray(first, last + 1),
    );
  });

  it.each(["bytes=999999-", "bytes=999999-1000000", "bytes=-0"])(
    "is 416 for %s [FILE-5]",
    async (range) => {
      const response = await get(image, { Range: range });
      expect(response.headers.get("Content-Range")).toBe(`bytes */${size}`);
      expect(await problemOf(response)).toMatchObject({
        status: 416,
        code: "range-not-satisfiable",
      });
    },
  );

  it.each([
    "bytes=5-2",
    "bytes=0-1,3-4",
    `bytes=${"0-0,".repeat(1_000)}0-0`,
    "bytes=-",
    "bytes=a-b",
    "bytes=1.5-2",
    "items=0-1",
    "bytes=99999999999999999999-",
  ])("is the whole for %s [FILE-5]", async (range) => {
    const response = await get(image, { Range: range });
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBe(size);
  });

  it("is the whole when the file is not the one that If-Range names [FILE-5]", async () => {
    const headers = { Range: "bytes=0-0", "If-Range": '"other"' };
    expect((await get(image, headers)).status).toBe(200);
  });
});

describe("a file that is known", () => {
  it("is not sent again [FILE-5]", async () => {
    const etag = (await get(image)).headers.get("ETag")!;
    const response = await get(image, { "If-None-Match": `"x", W/${etag}` });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe("");
    expect(response.headers.get("ETag")).toBe(etag);
    expect((await get(image, { "If-None-Match": '"x"' })).status).toBe(200);
  });

  it("can be asked about without its bytes [METHOD-1]", async () => {
    const response = await get(image, {}, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Length")).toBe(String(samples.png.length));
    expect(await response.text()).toBe("");
  });
});
