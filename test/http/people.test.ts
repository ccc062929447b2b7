import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { Guest, HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;
let dora: Guest;

beforeAll(async () => {
  rig = await openHttpRig();
  dora = await signUp("dora", "Dora Winter");
  await signUp("Emil", "Emil Dorado");
  await signUp("fritz", "");
});
afterAll(() => rig.close());

async function signUp(username: string, full_name: string): Promise<Guest> {
  const json = { username, full_name, password: "correct horse" };
  const response = await rig.call("/api/auth/register", { json });
  const { token, user } = (await response.json()) as { token: string; user: { id: number } };
  return { token, person: (await rig.ports.users.findPerson(user.id))! };
}

async function find(query: string, as: Guest = rig.alice): Promise<string[]> {
  const response = await rig.call(`/api/auth/people/?query=${encodeURIComponent(query)}`, { as });
  const { people } = (await response.json()) as { people: { username: string }[] };
  return people.map(({ username }) => username);
}

describe("people", () => {
  it("are found by part of a username or a name, and not oneself [AUTH-7]", async () => {
    expect(await find("DOR")).toEqual(["dora", "Emil"]);
    expect(await find("")).toEqual(["dora", "Emil", "fritz"]);
    expect(await find("dor", dora)).toEqual(["Emil"]);
    expect(await find("nobody")).toEqual([]);
    const response = await rig.call("/api/auth/people", { as: rig.alice });
    expect(((await response.json()) as { people: object[] }).people[0]).toEqual({
      id: dora.person.id,
      username: "dora",
      full_name: "Dora Winter",
      avatar: null,
      is_online: false,
    });
  });

  it("of the host application are not found [AUTH-7]", async () => {
    expect(await find("bob")).toEqual([]);
  });

  it("are online only for those who chat with them [PRES-4]", async () => {
    const onlineFor = async (as: Guest): Promise<boolean> => {
      const response = await rig.call("/api/auth/people/?query=dora", { as });
      const { people } = (await response.json()) as { people: { is_online: boolean }[] };
      return people[0]!.is_online;
    };
    rig.hubs.online.add(dora.person.id);
    const json = { receiver_id: dora.person.id, message: "Hello" };
    await rig.call(`${chatPath}/chats/`, { as: rig.bob, json });
    expect(await onlineFor(rig.bob)).toBe(true);
    expect(await onlineFor(rig.carol)).toBe(false);
  });

  it("cannot be listed quickly [AUTH-7]", async () => {
    const search = async () => rig.call("/api/auth/people/?query=dora", { as: dora });
    const answers = await Promise.all(Array.from({ length: 30 }, search));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]!.headers.get("Retry-After")).toBe("1");
    expect(await find("fritz", rig.carol)).toEqual(["fritz"]);
  });

  it.each(["x".repeat(101), "%00"])("are not asked for by %j [ERR-1]", async (query) => {
    const path = `/api/auth/people/?query=${query}`;
    const problem = await problemOf(await rig.call(path, { as: rig.alice }));
    expect(problem).toMatchObject({ status: 400, code: "invalid-request" });
  });
});

describe("how people sign in", () => {
  it("is told to everyone [AUTH-6]", async () => {
    expect(await (await rig.call("/api/auth/")).json()).toEqual({ accounts: true });
    const without = rig.appWith({ config: { accounts: false } });
    expect(await (await without.call("/api/auth")).json()).toEqual({ accounts: false });
    const search = await without.call("/api/auth/people/", { as: rig.alice });
    expect(await problemOf(search)).toMatchObject({ status: 404, code: "not-found" });
  });
});
