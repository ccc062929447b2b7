import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/protocol/limits.ts";

const root = resolve(import.meta.dirname, "../..");

/** Each table with the ids that it must hold. */
const tables = [
  { file: "sse-chat-api.md", ids: ids("S1", [1, 54], [82, 110]) },
  { file: "messaging-api.md", ids: ids("S2", [1, 26], [37, 46], [52, 56], [63, 69]) },
];

interface Row {
  id: string;
  promise: string;
  proofs: string[];
}

type Proof =
  | { kind: "test"; text: string; file: string; titles: string[] }
  | { kind: "section"; text: string; file: string; anchor: string };

function ids(prefix: string, ...ranges: [from: number, to: number][]): string[] {
  return ranges.flatMap(([from, to]) =>
    Array.from(
      { length: to - from + 1 },
      (_, index) => `${prefix}-${String(from + index).padStart(2, "0")}`,
    ),
  );
}

async function readRows(file: string): Promise<Row[]> {
  const text = await readFile(resolve(import.meta.dirname, file), "utf8");
  return [...text.matchAll(/^\| (S\d-\d+) \| (.*) \| (.*) \|$/gm)].map(
    ([, id = "", promise = "", proofs = ""]) => ({
      id,
      promise: promise.trim(),
      proofs: proofs.split("<br>").map((proof) => proof.replace(/^(`+) ?(.*?) ?\1$/, "$2")),
    }),
  );
}

async function readProofs(file: string): Promise<Proof[]> {
  const texts = new Set((await readRows(file)).flatMap(({ proofs }) => proofs));
  return [...texts].map((text) => {
    const [path = "", ...titles] = text.split(" › ");
    if (titles.length > 0) return { kind: "test", text, file: path, titles };
    const [page = "", anchor = ""] = text.split("#");
    return { kind: "section", text, file: page, anchor };
  });
}

function read(path: string): Promise<string> {
  return readFile(resolve(root, path), "utf8").catch(() => "");
}

/** The titles of a file's tests and of the groups around them. */
function titlesOf(source: string): Set<string> {
  const calls = source.matchAll(
    /(?:\b(?:describe|test|it)(?:\.concurrent)?|[\])])\(\s*("(?:[^"\\\n]|\\.)*"|`[^`$]*`)\s*,/g,
  );
  return new Set(
    [...calls].map(([, literal = '""']) =>
      literal.startsWith('"') ? (JSON.parse(literal) as string) : literal.slice(1, -1),
    ),
  );
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(markdown: string): Set<string> {
  const prose = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "");
  return new Set(
    [...prose.matchAll(/^#{1,6} +(.*?) *#*$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

async function isKept(proof: Proof): Promise<boolean> {
  const text = await read(proof.file);
  if (proof.kind === "section") return anchorsOf(text).has(proof.anchor);
  const isRun = proof.file.endsWith(".test.ts") || proof.file.startsWith("test/contracts/");
  const titles = titlesOf(text);
  return isRun && proof.titles.every((title) => titles.has(title));
}

async function findBroken(file: string, kind: Proof["kind"]): Promise<string[]> {
  const proofs = (await readProofs(file)).filter((proof) => proof.kind === kind);
  const kept = await Promise.all(proofs.map(isKept));
  return proofs.filter((_, index) => !kept[index]).map(({ text }) => text);
}

describe.each(tables)("the table $file", ({ file, ids: wanted }) => {
  test("has one row for each promise, in order, and each row a proof", async () => {
    const rows = await readRows(file);
    expect(rows.map(({ id }) => id)).toEqual(wanted);
    const bare = rows.filter(({ promise, proofs }) => promise === "" || proofs.includes(""));
    expect(bare).toEqual([]);
  });

  test("names only tests that exist", async () => {
    expect(await findBroken(file, "test")).toEqual([]);
  });

  test("names only sections that exist", async () => {
    expect(await findBroken(file, "section")).toEqual([]);
  });
});

test("the document's numbers are the defaults", () => {
  expect(defaultLimits).toMatchObject({
    heartbeatMs: 30_000,
    pageDefault: 50,
    typingIntervalMs: 1_000,
  });
});
