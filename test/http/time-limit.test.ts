import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ports } from "../../src/ports/index.ts";
import { chatPath, openHttpRig, problemOf, type HttpRig } from "../support/http-rig.ts";
import { createManualClock } from "../support/manual-clock.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

type Stores = Pick<Ports, "history" | "hubs" | "users">;

const hangs = (): Promise<never> => new Promise(() => undefined);

describe("a request behind which something hangs", () => {
  it.each([
    [
      "the history",
      ({ history }: Stores) => ({ history: { ...history, listConversations: hangs } }),
      "chats/conversations/",
    ],
    [
      "the hub",
      ({ hubs }: Stores) => ({ hubs: { ...hubs, unreadVersions: hangs } }),
      "chats/unread-count/",
    ],
    [
      "the user store",
      ({ users }: Stores) => ({ users: { ...users, ensureUser: hangs } }),
      "chats/online-users/",
    ],
  ])("is answered in time: %s [ERR-2]", async (_, change, path) => {
    const clock = createManualClock(Date.now());
    const { history, hubs, users } = rig.ports;
    const app = rig.appWith({ ports: { ...change({ history, hubs, users }), clock } });
    const answer = app.call(`${chatPath}/${path}`, { as: rig.alice });
    await expect.poll(() => clock.waiting()).toBeGreaterThan(0);
    clock.advance(9_500);
    const response = await answer;
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).not.toBeNull();
    expect((await problemOf(response)).code).toBe("history-unavailable");
  });

  it("knows people who were here before without asking for them again [ERR-2] [AUTH-3]", async () => {
    let asked = 0;
    const users = { ...rig.ports.users };
    users.ensureUser = (profile) => {
      asked += 1;
      return asked === 1 ? rig.ports.users.ensureUser(profile) : hangs();
    };
    const clock = createManualClock(Date.now());
    const app = rig.appWith({ ports: { users, clock } });
    const call = () => app.call(`${chatPath}/chats/online-users/`, { as: rig.alice });
    expect((await call()).status).toBe(200);
    clock.advance(6 * 60_000);
    expect((await call()).status).toBe(200);
    expect(asked).toBe(2);
  });
});
