import { randomInt, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { UserStore } from "../../src/ports/user-store.ts";

const nothing = { username: null, fullName: null, avatar: null };

/** An id that a host application could have given. */
function hostId(): number {
  return randomInt(1_000_000, 900_000_000_000);
}

/** `create` gives a store over one empty or used database. */
export function testUserStore(create: () => Promise<UserStore>): void {
  let users: UserStore;

  beforeAll(async () => {
    users = await create();
  });

  testProfiles(() => users);
  testIds(() => users);
  testAccounts(() => users);
}

function testProfiles(store: () => UserStore): void {
  describe("a user", () => {
    it("is created at first sight and the same one ever after", async () => {
      const users = store();
      const externalId = `user-${randomUUID()}`;
      const profile = { externalId, username: "zoe", fullName: "Zoë Öz", avatar: "https://a/b" };
      const person = await users.ensureUser(profile);
      const { externalId: _, ...visible } = profile;
      expect(person).toEqual({ id: expect.any(Number), ...visible });
      expect(await users.ensureUser(profile)).toEqual(person);
      expect(await users.findPerson(person.id)).toEqual(person);
    });

    it("without a name is called by the external id", async () => {
      const externalId = randomUUID();
      const person = await store().ensureUser({ externalId, ...nothing });
      expect(person).toMatchObject({ username: `user-${externalId}`, fullName: "", avatar: null });
    });

    it("takes over what the profile says and keeps what it is silent about", async () => {
      const users = store();
      const externalId = randomUUID();
      const old = { externalId, username: "old", fullName: "Old Name", avatar: "a" };
      const { id } = await users.ensureUser(old);
      const changed = await users.ensureUser({ externalId, ...nothing, fullName: "New Name" });
      expect(changed).toEqual({ id, username: "old", fullName: "New Name", avatar: "a" });
      expect(await users.findPerson(id)).toEqual(changed);
    });

    it("may share a username with others", async () => {
      const users = store();
      const profile = { ...nothing, username: "twin" };
      const one = await users.ensureUser({ ...profile, externalId: randomUUID() });
      const two = await users.ensureUser({ ...profile, externalId: randomUUID() });
      expect(one.id).not.toBe(two.id);
      expect(one.username).toBe(two.username);
    });

    it("who does not exist is null", async () => {
      expect(await store().findPerson(8_999_999_999_999_999)).toBeNull();
    });

    it("is one user for 32 first sights at once", async () => {
      const users = store();
      for (const externalId of [randomUUID(), `${hostId()}`]) {
        const people = await Promise.all(
          Array.from({ length: 32 }, () => users.ensureUser({ externalId, ...nothing })),
        );
        expect(new Set(people.map(({ id }) => id)).size).toBe(1);
      }
    });

    it("was last seen at the latest time that was told", async () => {
      const users = store();
      const { id } = await users.ensureUser({ externalId: randomUUID(), ...nothing });
      await users.saveLastSeen(id, "2026-05-01T00:00:00.000Z");
      await expect(users.saveLastSeen(id, "2026-04-01T00:00:00.000Z")).resolves.toBeUndefined();
    });
  });
}

function testIds(store: () => UserStore): void {
  describe("an external id", () => {
    it("that is a positive integer is the user's id too", async () => {
      const id = hostId();
      const person = await store().ensureUser({ externalId: `${id}`, ...nothing });
      expect(person.id).toBe(id);
    });

    it.each(["0", "-5", "007", "1.5", "1e3", "9007199254740993", "99999999999999999999", " 7"])(
      "like %j is no id",
      async (externalId) => {
        const person = await store().ensureUser({ externalId, ...nothing });
        expect(Number.isSafeInteger(person.id)).toBe(true);
        expect(`${person.id}`).not.toBe(externalId);
      },
    );

    it("whose number is taken gets another id", async () => {
      const users = store();
      const { id } = await users.ensureUser({ externalId: randomUUID(), ...nothing });
      const other = await users.ensureUser({ externalId: `${id}`, ...nothing });
      expect(other.id).not.toBe(id);
      expect(await users.ensureUser({ externalId: `${id}`, ...nothing })).toEqual(other);
    });

    it("whose number is the next one does not stand in anybody's way", async () => {
      const users = store();
      const { id } = await users.ensureUser({ externalId: randomUUID(), ...nothing });
      await users.ensureUser({ externalId: `${id + 1}`, ...nothing });
      await users.ensureUser({ externalId: `${id + 2}`, ...nothing });
      const next = await users.ensureUser({ externalId: randomUUID(), ...nothing });
      expect(next.id).toBeGreaterThan(id);
    });

    it("or an id finds those who exist", async () => {
      const users = store();
      const [one, two] = [randomUUID(), `quote"'\\,{}-${randomUUID()}`];
      const a = await users.ensureUser({ externalId: one, ...nothing });
      const b = await users.ensureUser({ externalId: two, ...nothing });
      const ids = [a.id, 8_999_999_999_999_999];
      const found = await users.findIds({ ids, externalIds: [two, one, "nobody"] });
      expect(found.toSorted((x, y) => x - y)).toEqual([a.id, b.id].toSorted((x, y) => x - y));
      expect(await users.findIds({ ids: [], externalIds: [] })).toEqual([]);
    });
  });
}

function testAccounts(store: () => UserStore): void {
  function newAccount(username = `Name-${randomUUID()}`) {
    const externalId = `account:${username}`;
    return { externalId, username, fullName: "Full Name", passwordHash: `hash-${randomUUID()}` };
  }

  describe("an account", () => {
    it("is found by its username in any case", async () => {
      const users = store();
      const account = newAccount();
      const person = await users.createAccount(account);
      const { externalId, username, fullName, passwordHash } = account;
      expect(person).toEqual({ id: expect.any(Number), username, fullName, avatar: null });
      const found = { person, externalId, passwordHash };
      expect(await users.findAccount(username)).toEqual(found);
      expect(await users.findAccount(username.toUpperCase())).toEqual(found);
      expect(await users.ensureUser({ externalId, ...nothing })).toEqual(person);
    });

    it("that does not exist is null", async () => {
      expect(await store().findAccount(randomUUID())).toBeNull();
    });

    it("is not created under a taken username, whatever its case", async () => {
      const users = store();
      const account = newAccount();
      await users.createAccount(account);
      expect(await users.createAccount(newAccount(account.username))).toBeNull();
      expect(await users.createAccount(newAccount(account.username.toLowerCase()))).toBeNull();
      const found = await users.findAccount(account.username);
      expect(found!.passwordHash).toBe(account.passwordHash);
    });

    it("is created once by 16 who want the same name at once", async () => {
      const users = store();
      const { username } = newAccount();
      const created = await Promise.all(
        Array.from({ length: 16 }, () => users.createAccount(newAccount(username))),
      );
      expect(created.filter((person) => person !== null)).toHaveLength(1);
    });

    it("is found by part of its username or name, in any case, and by nobody else's", async () => {
      const users = store();
      const mark = randomUUID().slice(0, 8);
      const holder = async (username: string, fullName: string) =>
        (await users.createAccount({ ...newAccount(username), fullName }))!;
      const named = await holder(`zed-${randomUUID()}`, `Renée ${mark.toUpperCase()} O'Brien`);
      const inside = await holder(`b-${mark}`, "");
      const first = await holder(`${mark.toUpperCase()}-c`, "100%_\\");
      await users.ensureUser({ ...nothing, externalId: randomUUID(), username: mark });
      const search = (text: string, { except = 0, limit = 20 } = {}) =>
        users.searchAccounts({ text, except, limit });
      expect(await search(mark)).toEqual([first, inside, named]);
      expect(await search(mark.toUpperCase(), { limit: 2 })).toEqual([first, inside]);
      expect(await search(mark, { except: inside.id })).toEqual([first, named]);
      expect(await search(`${mark} o'brien`)).toEqual([named]);
      expect(await search(`${mark}%`)).toEqual([]);
      expect(await search("", { limit: 2 })).toHaveLength(2);
    });

    it("may have the username of a token user", async () => {
      const users = store();
      const account = newAccount();
      await users.ensureUser({ ...nothing, externalId: randomUUID(), username: account.username });
      expect(await users.createAccount(account)).not.toBeNull();
    });
  });
}
