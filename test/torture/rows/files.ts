import { setTimeout as pause } from "node:timers/promises";
import { messageForm } from "../../support/people.ts";
import { gather, type Crowd } from "../crowd.ts";
import type { Faults } from "../fault-switches.ts";
import { slowest } from "../figures.ts";
import type { Row } from "../row.ts";
import type { Scene } from "../scene.ts";
import type { Viewer } from "../viewer.ts";

interface Upload {
  key: string;
  status: number;
  ms: number;
}

async function upload(
  from: Viewer,
  to: { id: number },
  { key, size }: { key: string; size: number },
): Promise<Upload> {
  const started = performance.now();
  const form = messageForm(to.id, `with ${key}`, new File([Buffer.alloc(size, 7)], "a.bin"));
  const response = await from.person.call("chats/", {
    body: form,
    headers: { "idempotency-key": key },
    signal: AbortSignal.timeout(40_000),
  });
  await response.text();
  return { key, status: response.status, ms: performance.now() - started };
}

/** Each kind of file through each kind of failure, with text meanwhile. */
async function uploadThrough(
  scene: Scene,
  pairs: Crowd["pairs"],
  bucket: Faults["bucket"],
): Promise<Upload[]> {
  await scene.world.fault({ bucket });
  const sizes = [10_000, 6_000_000];
  const uploads = pairs.flatMap(([from, to], index) =>
    sizes.map((size) => upload(from, to.person, { key: `t17-${bucket}-${index}-${size}`, size })),
  );
  const [pair] = pairs;
  const body = {
    receiver_id: pair?.[1].person.id,
    message: "only text",
    client_id: `t17-${bucket}`,
  };
  const text = await pair?.[0].person.call("chats/", { body });
  scene.expect(text?.status === 201, `while R2 ${bucket}, a text was answered ${text?.status}`);
  await text?.text();
  return Promise.all(uploads);
}

/** Sends whose files are stored and whose messages are refused, while nothing can be removed. */
async function refuseWhileKeeping(scene: Scene, pairs: Crowd["pairs"]): Promise<void> {
  await scene.world.fault({ bucket: "keeps" });
  const nobody = { id: 8_999_999_999_999_999 };
  const refused = await Promise.all(
    pairs.map(([from], index) => upload(from, nobody, { key: `t17-keeps-${index}`, size: 10_000 })),
  );
  const statuses = refused.map(({ status }) => status);
  scene.expect(
    new Set(statuses).size === 1 && statuses[0] === 404,
    `to nobody: ${statuses.join()}`,
  );
}

/** The server dies while files are stored and their messages wait to be. */
async function dieBetween(scene: Scene, pairs: Crowd["pairs"]): Promise<void> {
  const { world } = scene;
  await world.fault({ bucket: "works" });
  await world.truth.run("begin; lock table messages in share mode");
  const lost = pairs.map(([from, to], index) =>
    upload(from, to.person, { key: `t17-dies-${index}`, size: 10_000 }).catch(() => null),
  );
  const waiting = "from pg_stat_activity where wait_event_type = 'Lock'";
  for (let count = 0; count < lost.length; await pause(50)) {
    const [row] = await world.truth.run<{ count: number }>(`select count(*)::int ${waiting}`);
    count = row?.count ?? 0;
  }
  const crash = world.crash();
  // Or they would go on once the lock is gone.
  await world.truth.run(`select pg_terminate_backend(pid) ${waiting}`);
  await world.truth.run("rollback");
  await crash;
  await Promise.all(lost);
  await Promise.all(pairs.flat().map((viewer) => viewer.whenLive()));
}

interface Held {
  /** Stored files that no message has. */
  orphans: number;
  /** Messages whose file is not stored. */
  dangling: number;
}

async function compareFiles({ world }: Scene, before: readonly string[]): Promise<Held> {
  const files = await world.order<string[]>({ op: "files" });
  const rows = await world.truth.run<{ id: string }>("select id from attachments");
  const kept = new Set(files.map((key) => key.replace("attachments/", "")));
  const known = new Set(rows.map(({ id }) => `attachments/${id}`));
  return {
    orphans: files.filter((key) => !known.has(key) && !before.includes(key)).length,
    dangling: rows.filter(({ id }) => !kept.has(id)).length,
  };
}

/** An hour later, people go on uploading; their uploads clear away what was left. */
async function sweep(scene: Scene, [pair]: Crowd["pairs"]): Promise<void> {
  if (!pair) throw new Error("nobody is there");
  const { truth } = scene.world;
  await truth.run("update uploads set remove_after = remove_after - interval '61 minutes'");
  const [left] = await truth.run<{ count: number }>("select count(*)::int from uploads");
  const rounds = Math.ceil((left?.count ?? 0) / 8);
  for (let round = 0; round < rounds; round += 1) {
    await upload(pair[0], pair[1].person, { key: `t17-sweep-${round}`, size: 10_000 });
  }
  // Removing goes on after the answer.
  await pause(1_000);
}

/** The same keys again, now that it works: the files of the refused sends are not in the way. */
async function sendAgain(scene: Scene, [pair]: Crowd["pairs"]): Promise<void> {
  if (!pair) throw new Error("nobody is there");
  const file = { key: "t17-refuses-0-10000", size: 10_000 };
  const again = await upload(pair[0], pair[1].person, file);
  scene.expect(again.status === 201, `the retry of a refused file was answered ${again.status}`);
  const twice = await upload(pair[0], pair[1].person, file);
  scene.expect(twice.status === 200, `its repetition was answered ${twice.status}`);
}

/** The bucket fails. */
export const fileRows: Row[] = [
  {
    id: "T17",
    fault: "R2 fails, stalls, breaks in the middle of a file, stores too late, removes nothing",
    how: "a wrapped binding; files of one part and of several; then the server dies before the messages are stored",
    needs: "bucket-faults",
    async run(scene) {
      const crowd = await gather(scene, { users: 8 });
      const before = await scene.world.order<string[]>({ op: "files" });
      const failed: Upload[] = [];
      for (const bucket of ["refuses", "breaks", "stalls", "late"] as const) {
        failed.push(...(await uploadThrough(scene, crowd.pairs, bucket)));
      }
      const stored = await uploadThrough(scene, crowd.pairs, "works");
      scene.measure("failed uploads", failed.length, { atLeast: 32 });
      const otherwise = failed.filter(({ status }) => status !== 503).length;
      scene.measure("of them answered otherwise than 503", otherwise, { atMost: 0 });
      scene.measure("slowest answer", slowest(failed.map(({ ms }) => ms)) / 1_000, {
        atMost: 10,
        unit: "s",
      });
      const created = stored.filter(({ status }) => status === 201).length;
      scene.measure("stored once R2 works", created, { atLeast: stored.length });
      await sendAgain(scene, crowd.pairs);
      await refuseWhileKeeping(scene, crowd.pairs);
      await dieBetween(scene, crowd.pairs);
      await scene.heal();
      const worst = await compareFiles(scene, before);
      await sweep(scene, crowd.pairs);
      const swept = await compareFiles(scene, before);
      scene.measure("files without a message", worst.orphans, { atLeast: 12 });
      scene.measure("of them left after the sweep", swept.orphans, { atMost: 0 });
      scene.measure("messages whose file is missing", worst.dangling + swept.dangling, {
        atMost: 0,
      });
      await scene.heal();
    },
  },
];
