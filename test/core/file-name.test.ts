import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanFileName } from "../../src/core/file-name.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

describe("a file name", () => {
  it.each<[string | null, string]>([
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\photo.jpg", "photo.jpg"],
    ["a\u202Egpj.exe", "agpj.exe"],
    ["line\r\nSet-Cookie: x.txt", "lineSet-Cookie_ x.txt"],
    ["nul\u0000.txt", "nul.txt"],
    ["zero\u200Bwidth.txt", "zerowidth.txt"],
    ["e\u0301te\u0301.txt", "été.txt"],
    ['say "hi".txt', "say _hi_.txt"],
    ["half\ud800.txt", "half.txt"],
    ["日本語 🎉.png", "日本語 🎉.png"],
    [".htaccess", ".htaccess"],
    ["  spaces  ", "spaces"],
    ["..", "file"],
    ["/", "file"],
    ["", "file"],
    [null, "file"],
  ])("%j becomes %j [FILE-4]", (given, name) => {
    expect(cleanFileName(given)).toBe(name);
  });

  it("of 4 KiB keeps its extension and fits 255 bytes [FILE-4]", () => {
    const name = cleanFileName(`${"é".repeat(4_096)}.tar.gz`);
    expect(bytesOf(name)).toBeLessThanOrEqual(255);
    expect(name.endsWith(".gz")).toBe(true);
    expect(name).toMatch(/^é+/);
  });

  it("is never empty, too long, a path or different when cleaned again [FILE-4]", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (given) => {
        const name = cleanFileName(given);
        return (
          name.length > 0 &&
          bytesOf(name) <= 255 &&
          !/[/\\\p{Cc}\p{Cs}]/u.test(name) &&
          name.isWellFormed() &&
          cleanFileName(name) === name
        );
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
