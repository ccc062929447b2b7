import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** What looks like an id and names a standard. */
const standard = /^(CVE|FNV|PDF|SHA|UTF)-/;

async function rules(): Promise<string[]> {
  const text = await readFile(resolve(root, "src/protocol/PROTOCOL.md"), "utf8");
  return [...text.matchAll(/^- \*\*([^*]+)\*\*/gm)].map(([, id = ""]) => id);
}

/** Each id in the folder's files, with the files that cite it. */
async function citedIn(folder: string, pattern: RegExp): Promise<Map<string, string[]>> {
  const paths = await readdir(resolve(root, folder), { recursive: true });
  const cited = new Map<string, string[]>();
  for (const path of paths.filter((each) => each.endsWith(".ts"))) {
    // oxlint-disable-next-line no-await-in-loop -- one file after the other
    const text = await readFile(resolve(root, folder, path), "utf8");
    for (const [, id = ""] of text.matchAll(pattern)) {
      if (!standard.test(id)) cited.set(id, [...(cited.get(id) ?? []), path]);
    }
  }
  return cited;
}

const inCode = () => citedIn("src", /(?<![\w-])([A-Z]{2,8}-\d+)/g);
const inTitles = () => citedIn("test", /\[([A-Z]{2,8}-\d+)\]/g);

test("each rule has an id of its own", async () => {
  const ids = await rules();
  expect(ids.filter((id) => !/^[A-Z]{2,8}-\d+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test.each([
  ["code", inCode],
  ["titles of tests", inTitles],
])("%s cite only rules that exist", async (_, cited) => {
  const ids = new Set(await rules());
  const found = [...(await cited())];
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(([id]) => !ids.has(id))).toEqual([]);
});

test("each rule has a test", async () => {
  const proved = await inTitles();
  expect((await rules()).filter((id) => !proved.has(id))).toEqual([]);
});
