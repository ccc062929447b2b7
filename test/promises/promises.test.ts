import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/protocol/limits.ts";
import { journeysOnBun } from "../support/journeys-on-bun.ts";

const root = resolve(import.meta.dirname, "../..");

/** Each table with the ids that it must hold. */
const tables = [
  { file: "sse-chat-api.md", ids: ids("S1", [1, 110]) },
  { file: "messaging-api.md", ids: ids("S2", [1, 73], [83, 86]) },
  { file: "security.md", ids: numbered([1, 18], [28, 34], [40, 45]).map((number) => `S${number}`) },
];

interface Row {
  id: string;
  promise: string;
  /** The cells of the platforms' columns. */
  proved: string[];
  proofs: string[];
}

type Proof =
  | { kind: "test"; text: string; file: string; titles: string[] }
  | { kind: "section"; text: string; file: string; anchor: string };

type Range = [from: number, to: number];

function numbered(...ranges: Range[]): number[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
}

function ids(prefix: string, ...ranges: Range[]): string[] {
  return numbered(...ranges).map((number) => `${prefix}-${String(number).padStart(2, "0")}`);
}

async function readRows(file: string): Promise<Row[]> {
  const text = await readFile(resolve(import.meta.dirname, file), "utf8");
  return [...text.matchAll(/^\| (S\d+(?:-\d+)?) \| (.*) \| (.*) \| (.*) \| (.*) \|$/gm)].map(
    ([, id = "", promise = "", workers = "", bun = "", proofs = ""]) => ({
      id,
      promise: promise.trim(),
      proved: [workers, bun],
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
    /(?:\b(?:describe|test|it)(?:\.concurrent)?|[\])])\(\s*("(?:[^"\\\n]|\\.)*"|'[^'\\\n]*'|`[^`$]*`)\s*,/g,
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
  const isRun = /\.test\.tsx?$/.test(proof.file) || proof.file.startsWith("test/contracts/");
  const titles = titlesOf(text);
  return isRun && proof.titles.every((title) => titles.has(title));
}

async function findBroken(file: string, kind: Proof["kind"]): Promise<string[]> {
  const proofs = (await readProofs(file)).filter((proof) => proof.kind === kind);
  const kept = await Promise.all(proofs.map(isKept));
  return proofs.filter((_, index) => !kept[index]).map(({ text }) => text);
}

/** Where a test shows something: what needs no platform is the same code on both. */
function platformsOf(file: string): ("Workers" | "Bun")[] {
  if (!file.startsWith("test/")) return [];
  if (file.startsWith("test/platforms/bun/")) return ["Bun"];
  const isOnBun = journeysOnBun.includes(file.slice("test/".length));
  const isOfWorkers = /^test\/(browser|journeys|platforms)\//.test(file);
  return isOfWorkers && !isOnBun ? ["Workers"] : ["Workers", "Bun"];
}

/** The two cells that a row with these proofs must have. */
function cellsOf(files: string[]): string[] {
  const proved = new Set(files.flatMap(platformsOf));
  return [proved.has("Workers") ? "✓" : "–", proved.has("Bun") ? "✓" : "–"];
}

describe.each(tables)("the table $file", ({ file, ids: wanted }) => {
  test("has one row for each promise, in order, and each row a proof", async () => {
    const rows = await readRows(file);
    expect(rows.map(({ id }) => id)).toEqual(wanted);
    const bare = rows.filter(({ promise, proofs }) => promise === "" || proofs.includes(""));
    expect(bare).toEqual([]);
  });

  test("says on which platform each is proved", async () => {
    const rows = await readRows(file);
    const wrong = rows
      .map(({ id, proved, proofs }) => {
        const files = proofs.map((proof) => proof.split(" › ")[0] ?? "");
        return { id, proved, cells: cellsOf(files) };
      })
      .filter(({ proved, cells }) => proved.join() !== cells.join());
    expect(wrong).toEqual([]);
  });

  test("names only tests that exist", async () => {
    expect(await findBroken(file, "test")).toEqual([]);
  });

  test("names only sections that exist", async () => {
    expect(await findBroken(file, "section")).toEqual([]);
  });
});

test("the README's table says on which platform each is proved", async () => {
  const text = await read("README.md");
  const table =
    /^\| promise \| rule \| Workers \| Bun \| proof \|\n.*\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? "";
  const rows = table
    .trim()
    .split("\n")
    .filter((row) => !row.includes("test/promises/"));
  expect(rows.length).toBeGreaterThan(8);
  const wrong = rows.filter((row) => {
    const [, , workers, bun, proof = ""] = row.split(" | ").map((cell) => cell.trim());
    const files = [...proof.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file);
    return [workers, bun].join() !== cellsOf(files).join();
  });
  expect(wrong).toEqual([]);
});

test("the document's numbers are the defaults", () => {
  expect(defaultLimits).toMatchObject({
    heartbeatMs: 30_000,
    pageDefault: 50,
    typingIntervalMs: 1_000,
  });
});
