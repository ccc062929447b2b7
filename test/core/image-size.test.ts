import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readImageSize } from "../../src/core/image-size.ts";
import { concat, pngOf, samples } from "../support/form-bytes.ts";

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

/** A preview as cameras put it first, with a size of its own that does not count. */
const preview = concat([hex("ffe1 1000 ffc0 000b 08 0001 0001"), new Uint8Array(0x1000 - 11)]);
const frame = (marker: string) => hex(`ff${marker} 000b 08 1770 2328 01 01 11 00`);

describe("the size of a picture", () => {
  it.each<[string, string, Uint8Array, number, number]>([
    ["PNG", "image/png", pngOf(70_000, 80_000), 70_000, 80_000],
    ["GIF", "image/gif", hex("474946383961 ffff 0102"), 65_535, 513],
    ["JPEG", "image/jpeg", samples.jpeg, 1, 1],
    [
      "JPEG behind a preview",
      "image/jpeg",
      concat([hex("ffd8"), preview, hex("ffffffdb000400"), hex("00"), frame("c2")]),
      9_000,
      6_000,
    ],
    [
      "JPEG behind its tables",
      "image/jpeg",
      concat([hex("ffd8 ffc40004 0000 ffcc0002"), frame("c0")]),
      9_000,
      6_000,
    ],
    [
      "WebP, extended",
      "image/webp",
      hex("52494646 00000000 57454250 56503858 0a000000 10000000 ffff00 00ff01"),
      65_536,
      130_817,
    ],
    [
      "WebP, lossless",
      "image/webp",
      hex("52494646 00000000 57454250 5650384c 00000000 2f ff3f00 10"),
      16_384,
      1,
    ],
    [
      "WebP, lossy",
      "image/webp",
      hex("52494646 00000000 57454250 56503820 00000000 000000 9d012a 1040 0840"),
      16,
      8,
    ],
  ])("is in the header of %s [FILE-1]", (...[, type, bytes, width, height]) => {
    expect(readImageSize(type, bytes)).toEqual({ width, height });
  });

  it.each<[string, string, Uint8Array]>([
    ["a cut header", "image/png", samples.png.slice(0, 20)],
    ["a JPEG without a frame", "image/jpeg", concat([hex("ffd8"), preview])],
    ["a JPEG with something between", "image/jpeg", concat([hex("ffd8 00"), frame("c0")])],
    ["another kind of WebP", "image/webp", hex("52494646 00000000 57454250 58585858")],
    ["what is no picture", "video/mp4", samples.mp4],
    ["nothing", "image/gif", new Uint8Array()],
  ])("is unknown of %s [FILE-1]", (_, type, bytes) => {
    expect(readImageSize(type, bytes)).toBeNull();
  });

  it("is looked for in any bytes without failing [FILE-1]", () => {
    const type = fc.constantFrom("image/png", "image/gif", "image/jpeg", "image/webp");
    fc.assert(
      fc.property(type, fc.uint8Array({ maxLength: 200 }), (contentType, bytes) => {
        readImageSize(contentType, concat([hex("ffd8ff"), bytes]));
        readImageSize(contentType, bytes);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
