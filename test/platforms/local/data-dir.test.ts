import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimDataDir, keepSecrets, readSecrets } from "../../../src/platforms/local/data-dir.ts";

let dataDir: string;
const nothingGiven = { authSecret: undefined, serviceKey: undefined };

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-data-"));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

describe("secrets", () => {
  test("are made once, long, and readable by their owner only", async () => {
    const made = await keepSecrets(dataDir, nothingGiven);
    expect(made.authSecret.length).toBeGreaterThanOrEqual(32);
    expect(made.serviceKey).not.toBe(made.authSecret);
    expect(await keepSecrets(dataDir, nothingGiven)).toEqual(made);
    expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
  });

  test("that are given win and are not kept", async () => {
    const given = { authSecret: "given", serviceKey: undefined };
    expect((await keepSecrets(dataDir, given)).authSecret).toBe("given");
    expect((await readSecrets(dataDir)).authSecret).not.toBe("given");
  });
});

describe("the data directory", () => {
  test("belongs to one process at a time", async () => {
    const claim = await claimDataDir(dataDir);
    await expect(claimDataDir(dataDir)).rejects.toThrow("is in use by a running Parley");
    await claim.release();
    await (await claimDataDir(dataDir)).release();
  });

  test("is free again after its owner was killed", async () => {
    await writeFile(join(dataDir, "running.json"), JSON.stringify({ id: "gone", port: "1" }));
    const claim = await claimDataDir(dataDir);
    await expect(claim.release()).resolves.toBeUndefined();
  });
});
