import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  claimDataDir,
  findRunning,
  keepSecrets,
  readSecrets,
} from "../../../src/platforms/machine/data-dir.ts";

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

  test("tells where its server is while that runs", async () => {
    expect(await findRunning(dataDir)).toBeUndefined();
    const claim = await claimDataDir(dataDir, "http://localhost:8790");
    expect(await findRunning(dataDir)).toBe("http://localhost:8790");
    await claim.release();
    expect(await findRunning(dataDir)).toBeUndefined();
  });

  test("is made for its owner only, and made so again", async () => {
    const made = join(dataDir, "parent", "made");
    await (await claimDataDir(made)).release();
    expect(await modeOf(made)).toBe(0o700);
    await keepSecrets(made, nothingGiven);
    await chmod(made, 0o755);
    await (await claimDataDir(made)).release();
    expect(await modeOf(made)).toBe(0o700);
  });

  test("that holds other things too keeps its mode", async () => {
    await mkdir(join(dataDir, "somebody's"));
    await chmod(dataDir, 0o755);
    await (await claimDataDir(dataDir)).release();
    expect(await modeOf(dataDir)).toBe(0o755);
  });

  test("that cannot be is refused in one line", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    const wrong = [file, join(file, "x"), "/proc/x", "/proc"];
    for (const directory of process.platform === "linux" ? wrong : wrong.slice(0, 2)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(claimDataDir(directory)).rejects.toThrow(
        /^Cannot keep data in \S+ \(E[A-Z]+\); set DATA_DIR to a directory that can be written$/,
      );
    }
  });
});

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}
