import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countEmoji, splitLinks } from "../../src/react/links.ts";

function linksOf(text: string): (string | null)[][] {
  return splitLinks(text)
    .filter(({ href }) => href !== null)
    .map(({ text, href }) => [text, href]);
}

describe("links in a text", () => {
  test.each([
    ["https://example.com", "https://example.com", "https://example.com/"],
    ["See http://example.com/a.", "http://example.com/a", "http://example.com/a"],
    ["(https://example.com/a)", "https://example.com/a", "https://example.com/a"],
    [
      "https://en.example.org/A_(b)",
      "https://en.example.org/A_(b)",
      "https://en.example.org/A_(b)",
    ],
    [
      "[https://example.com/a?b=c&d=e#f]!",
      "https://example.com/a?b=c&d=e#f",
      "https://example.com/a?b=c&d=e#f",
    ],
    ["“https://example.com/a”", "https://example.com/a", "https://example.com/a"],
    ["https://example.com/a...", "https://example.com/a", "https://example.com/a"],
    ["HTTPS://EXAMPLE.COM/A", "HTTPS://EXAMPLE.COM/A", "https://example.com/A"],
    ["https://example.com:8443/a", "https://example.com:8443/a", "https://example.com:8443/a"],
    [
      "https://bücher.example/ü",
      "https://bücher.example/ü",
      "https://xn--bcher-kva.example/%C3%BC",
    ],
    ["見て https://example.com/道。", "https://example.com/道", "https://example.com/%E9%81%93"],
    ["（https://example.com/a）", "https://example.com/a", "https://example.com/a"],
    ["<https://example.com/a>", "https://example.com/a", "https://example.com/a"],
    ["mailto:bob@example.com,", "mailto:bob@example.com", "mailto:bob@example.com"],
    ["https://example.com/\u202egpj.exe", "https://example.com/", "https://example.com/"],
  ])("%s", (text, shown, href) => {
    expect(linksOf(text)).toEqual([[shown, href]]);
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://example.com/a",
    "blob:https:/example.com",
    "https://",
    "https:// example.com",
    "https://bank.example@evil.example/",
    "https://user:secret@example.com/",
    "mailto:",
    "mailto:nobody",
    "www.example.com",
    "bob@example.com",
    "xhttps://example.com",
    "<a href=x onclick=alert(1)>",
  ])("none in %s", (text) => {
    expect(linksOf(text)).toEqual([]);
  });

  test("stand among the text around them", () => {
    expect(splitLinks("a http://x.example, b\nhttps://y.example")).toEqual([
      { text: "a ", href: null },
      { text: "http://x.example", href: "http://x.example/" },
      { text: ", b\n", href: null },
      { text: "https://y.example", href: "https://y.example/" },
    ]);
  });

  test("never change the text, and lead nowhere but to http, https and mailto", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("https://", "http://", "mailto:", "javascript:", "a.example", "/", ")", "@"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const parts = splitLinks(text);
        expect(parts.map((part) => part.text).join("")).toBe(text);
        for (const { href } of parts) expect(href ?? "mailto:").toMatch(/^(?:https?|mailto):/);
      }),
    );
  });

  test("are found, however many brackets follow", () => {
    const text = `https://example.com/${")".repeat(4_000)}`;
    expect(linksOf(text)).toEqual([["https://example.com/", "https://example.com/"]]);
  });
});

describe("how many emoji", () => {
  test.each([
    ["😀", 1],
    ["👍🏽", 1],
    ["👨‍👩‍👧", 1],
    ["🇦🇹🇩🇪", 2],
    ["❤️ ❤️ ❤️", 3],
    ["1️⃣", 1],
    ["😀 ok", 0],
    ["12", 0],
    ["©", 0],
    ["", 0],
  ])("%s: %i", (text, count) => {
    expect(countEmoji(text)).toBe(count);
  });
});
