import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { allConversations, inParallel, messageFrom, newFile, newPair } from "./history-people.ts";
import type { StoresUnderTest } from "./history-people.ts";

export interface NotesUnderTest extends StoresUnderTest {
  /** Everything noted so far is an hour old. */
  letAnHourPass(): Promise<void>;
  deleteUser(id: number): Promise<void>;
}

/** `create` gives stores over one empty or used database. */
export function testUploadNotes(create: () => Promise<NotesUnderTest>): void {
  let stores: NotesUnderTest;

  /** Asks until nothing is due any more. */
  async function allDue(): Promise<string[]> {
    const own = randomUUID();
    const found = await stores.uploads.note(own);
    await stores.uploads.forget(own);
    return found.length === 0 ? [] : [...found, ...(await allDue())];
  }

  async function noteMany(count: number) {
    const files = Array.from({ length: count }, () => newFile());
    for (const { id } of files) await stores.uploads.note(id);
    return files;
  }

  beforeAll(async () => {
    stores = await create();
  });
  beforeEach(async () => {
    await stores.letAnHourPass();
    for (const id of await allDue()) await stores.uploads.forget(id);
  });

  it("tell of a file after an hour, and again an hour later [FILE-6]", async () => {
    const { uploads, letAnHourPass } = stores;
    const id = randomUUID();
    await uploads.note(id);
    expect(await allDue()).toEqual([]);
    for (let hours = 0; hours < 2; hours += 1) {
      await letAnHourPass();
      expect(await allDue()).toEqual([id]);
      expect(await allDue()).toEqual([]);
    }
  });

  it("tell of at most 8 at a time, and of each to one of those who ask at once [FILE-6]", async () => {
    const files = await noteMany(20);
    await stores.letAnHourPass();
    const asked = Array.from({ length: 6 }, () => stores.uploads.note(randomUUID()));
    const told = await Promise.all(asked);
    expect(Math.max(...told.map(({ length }) => length))).toBe(8);
    const ids = [...told.flat(), ...(await allDue())];
    expect(ids.toSorted()).toEqual(files.map(({ id }) => id).toSorted());
  });

  it("do not tell of a file that is forgotten or that a message took [FILE-6]", async () => {
    const { users, history, uploads, letAnHourPass } = stores;
    const { alice, bob } = await newPair(users);
    const [attachment, forgotten] = await noteMany(2);
    await history.sendMessage(messageFrom(alice, bob, { attachment: attachment! }));
    await uploads.forget(forgotten!.id);
    await letAnHourPass();
    expect(await allDue()).toEqual([]);
  });

  it("keep the file of a send that was refused or repeated [FILE-6]", async () => {
    const { users, history, letAnHourPass } = stores;
    const { alice, bob } = await newPair(users);
    const [first, again, other] = await noteMany(3);
    const send = async (attachment = first!) => {
      const message = messageFrom(alice, bob, { clientId: "k", attachment });
      return (await history.sendMessage(message)).status;
    };
    expect(await send()).toBe("stored");
    expect(await send(again)).toBe("replayed");
    expect(await send({ ...other!, digest: "d2" })).toBe("conflict");
    await letAnHourPass();
    expect((await allDue()).toSorted()).toEqual([again!.id, other!.id].toSorted());
  });

  it("let no message have a file that is unknown, given up or removed [FILE-6]", async () => {
    const { users, history, uploads, letAnHourPass } = stores;
    const { alice, bob } = await newPair(users);
    const attachment = newFile();
    const send = () => history.sendMessage(messageFrom(alice, bob, { attachment }));
    expect(await send()).toEqual({ status: "file-gone" });
    await uploads.note(attachment.id);
    await letAnHourPass();
    expect(await allDue()).toEqual([attachment.id]);
    expect(await send()).toEqual({ status: "file-gone" });
    await uploads.forget(attachment.id);
    expect(await send()).toEqual({ status: "file-gone" });
    const [conversation] = await history.listConversations(alice.id, allConversations);
    expect(conversation?.headSeq ?? 0).toBe(0);
  });

  it("never give up a file that a racing send takes [FILE-2] [FILE-6]", async () => {
    const { users, history, uploads, letAnHourPass } = stores;
    const pairs = await Promise.all(Array.from({ length: 4 }, () => newPair(users)));
    const files = await noteMany(40);
    await letAnHourPass();
    const [stored, told] = [new Set<string>(), [] as string[]];
    const sends = files.map((attachment, index) => async () => {
      const { alice, bob } = pairs[index % pairs.length]!;
      const outcome = await history.sendMessage(messageFrom(alice, bob, { attachment }));
      expect(["stored", "file-gone"]).toContain(outcome.status);
      if (outcome.status === "stored") stored.add(attachment.id);
    });
    // The oldest are told of first, so that the two meet in the middle.
    const jobs = sends.toReversed().flatMap((send, index) => {
      const sweep = async () => void told.push(...(await uploads.note(randomUUID())));
      return index % 8 === 0 ? [sweep, send] : [send];
    });
    await inParallel(16, jobs);
    expect(stored.size).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((id) => stored.has(id))).toEqual([]);
    expect(new Set([...stored, ...told, ...(await allDue())]).size).toBe(files.length);
  });

  it("tell of the files of a user who was deleted [FILE-6]", async () => {
    const { users, history, deleteUser } = stores;
    const { alice, bob } = await newPair(users);
    const [attachment] = await noteMany(1);
    await history.sendMessage(messageFrom(alice, bob, { attachment: attachment! }));
    await deleteUser(alice.id);
    expect(await allDue()).toEqual([attachment!.id]);
  });
}
