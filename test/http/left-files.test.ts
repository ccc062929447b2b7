import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import type { Ports } from "../../src/ports/index.ts";
import { ChatError } from "../../src/protocol/error.ts";
import { field, file, formBytes, boundary, samples, streamOf } from "../support/form-bytes.ts";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;
/** What the app did, in its order. */
let steps: string[];
let due: string[];
let isBucketAway: boolean;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());
beforeEach(() => {
  [steps, due, isBucketAway] = [[], [], false];
});

/** Uploads to the receiver through ports that write down what is asked of them. */
async function upload(receiverId: number, change: Partial<Ports> = {}): Promise<number> {
  const memory = createMemoryAttachmentStore();
  const { uploads } = rig.ports;
  const attachments: Ports["attachments"] = {
    ...memory,
    async put(id, source, description) {
      steps.push("put");
      if (isBucketAway) throw new ChatError("attachments-unavailable");
      return memory.put(id, source, description);
    },
    async remove(id) {
      if (isBucketAway) throw new ChatError("attachments-unavailable");
      steps.push(`remove ${id.length === 32 ? "own" : id}`);
    },
  };
  const watched: Ports["uploads"] = {
    async note(id) {
      steps.push("note");
      await uploads.note(id);
      return due.splice(0);
    },
    async forget(id) {
      steps.push(`forget ${id.length === 32 ? "own" : id}`);
    },
  };
  const app = rig.appWith({ ports: { attachments, uploads: watched, ...change } });
  const parts = [field("receiver_id", String(receiverId)), file(samples.text)];
  const response = await app.call(`${chatPath}/chats/`, {
    as: rig.alice,
    method: "POST",
    body: streamOf(formBytes(parts), 4_096),
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
  });
  await response.text();
  return response.status;
}

describe("an upload", () => {
  it("is noted before it is stored, and the message takes the note [FILE-6]", async () => {
    expect(await upload(rig.bob.person.id)).toBe(201);
    expect(steps).toEqual(["note", "put"]);
  });

  it("removes the older files that it is told of, and forgets them then [FILE-6]", async () => {
    due = ["left-1", "left-2"];
    expect(await upload(rig.bob.person.id)).toBe(201);
    await expect.poll(() => steps.filter((step) => step.startsWith("forget"))).toHaveLength(2);
    for (const id of ["left-1", "left-2"]) {
      expect(steps.indexOf(`remove ${id}`)).toBeGreaterThan(-1);
      expect(steps.indexOf(`forget ${id}`)).toBeGreaterThan(steps.indexOf(`remove ${id}`));
    }
  });

  it("that is refused is removed and forgotten [FILE-2] [FILE-6]", async () => {
    expect(await upload(8_999_999_999_999_999)).toBe(404);
    await expect.poll(() => steps).toEqual(["note", "put", "remove own", "forget own"]);
  });

  it("stays noted while nothing can be removed, and says so in the log [FILE-6]", async () => {
    due = ["left-1"];
    isBucketAway = true;
    expect(await upload(rig.bob.person.id)).toBe(503);
    await expect.poll(() => rig.logged.map(({ event }) => event)).toContain("attachment.orphaned");
    expect(steps).toEqual(["note", "put"]);
  });

  it("stays noted when nobody knows whether its message was stored [FILE-6]", async () => {
    const history: Ports["history"] = {
      ...rig.ports.history,
      sendMessage: () => Promise.reject(new ChatError("history-unavailable")),
    };
    expect(await upload(rig.bob.person.id, { history })).toBe(503);
    expect(steps).toEqual(["note", "put"]);
  });

  it("whose note cannot be written is not stored [FILE-6] [ERR-4]", async () => {
    const uploads: Ports["uploads"] = {
      note: () => Promise.reject(new ChatError("history-unavailable")),
      forget: async () => undefined,
    };
    expect(await upload(rig.bob.person.id, { uploads })).toBe(503);
    expect(steps).toEqual([]);
  });

  it("whose file was given up meanwhile is refused, to be sent again [FILE-6]", async () => {
    const uploads: Ports["uploads"] = { note: async () => [], forget: async () => undefined };
    const before = await rig.countMessages();
    expect(await upload(rig.bob.person.id, { uploads })).toBe(503);
    expect(await rig.countMessages()).toBe(before);
  });
});
