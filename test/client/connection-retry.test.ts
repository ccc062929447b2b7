import { describe, expect, test, vi } from "vitest";
import type { GetToken } from "../../src/client/tokens.ts";
import { bringUp, openConnectionRig, type ConnectionRig } from "./support/connection-rig.ts";

const unavailable =
  (headers: HeadersInit = {}) =>
  (): Response =>
    Response.json({ code: "hub-unavailable", detail: "Away" }, { status: 503, headers });

function waitOf(rig: ConnectionRig): number | null {
  const { retryAt } = rig.connection.state.get();
  return retryAt === null ? null : retryAt - rig.environment.now();
}

describe("after a failure", () => {
  test("the tries go on, further and further apart, and say when the next one is", async () => {
    const rig = openConnectionRig();
    rig.answerWith(unavailable());
    rig.connection.start(null);
    await rig.environment.settle();
    const waits: (number | null)[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      expect(rig.connection.state.get()).toMatchObject({ status: "reconnecting", error: "Away" });
      waits.push(waitOf(rig));
      await rig.environment.advance(waitOf(rig)!);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    rig.answerWith(null);
    await rig.environment.advance(waitOf(rig)!);
    await bringUp(rig);
    expect(rig.connection.state.get()).toMatchObject({ status: "online", error: null });
    rig.close();
  });

  test("a link that stayed 5 s begins anew, a shorter one does not", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    for (const [stay, wait] of [
      [4_999, 250],
      [4_999, 500],
      [5_000, 250],
      [0, 500],
    ] as const) {
      await bringUp(rig);
      await rig.environment.advance(stay);
      rig.socket().end(1006);
      expect(waitOf(rig)).toBe(wait);
      await rig.environment.advance(wait);
    }
    rig.close();
  });

  test("Retry-After is kept, even if the page comes back", async () => {
    const rig = openConnectionRig();
    rig.answerWith(unavailable({ "Retry-After": "20" }));
    rig.connection.start(null);
    await rig.environment.settle();
    expect(waitOf(rig)).toBe(20_250);
    rig.answerWith(null);
    rig.environment.setVisible(false);
    rig.environment.setVisible(true);
    await rig.environment.advance(20_249);
    expect(rig.tickets()).toBe(0);
    await rig.environment.advance(1);
    expect(rig.tickets()).toBe(1);
    rig.close();
  });

  test.each([1001, 4008])("a close with %i is followed almost at once", async (code) => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    rig.socket().end(code);
    expect(waitOf(rig)).toBe(125);
    rig.close();
  });

  test("a connection that a newer one replaced waits 30 s, unless someone looks at the page", async () => {
    const rig = openConnectionRig();
    rig.environment.setVisible(false);
    rig.connection.start(null);
    await bringUp(rig);
    rig.socket().end(4009);
    expect(waitOf(rig)).toBe(30_250);
    await rig.environment.advance(10_000);
    expect(rig.tickets()).toBe(1);
    rig.environment.setVisible(true);
    await rig.environment.settle();
    expect(rig.tickets()).toBe(2);
    rig.close();
  });

  test("reconnect tries now and forgets how often it was tried", async () => {
    const rig = openConnectionRig();
    rig.answerWith(unavailable());
    rig.connection.start(null);
    await rig.environment.advance(60_000);
    rig.connection.reconnect();
    await rig.environment.settle();
    expect(waitOf(rig)).toBe(250);
    rig.close();
  });
});

describe("without a network", () => {
  test("it says so, tries every 30 s, and at once when the network is back", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    rig.environment.setOnline(false);
    await rig.environment.advance(4_000);
    expect(rig.connection.state.get()).toMatchObject({ status: "offline", transport: null });
    expect(waitOf(rig)).toBe(30_000);
    await rig.environment.advance(30_000);
    expect(rig.connection.state.get().status).toBe("offline");
    expect(waitOf(rig)).toBe(30_000);
    await rig.environment.advance(10_000);
    rig.environment.setOnline(true);
    await bringUp(rig);
    expect(rig.connection.state.get().status).toBe("online");
    rig.close();
  });
});

describe("a network that comes back", () => {
  test("is not kept waiting by what was asked of the one before", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await rig.environment.settle();
    const [stuck] = rig.environment.sockets;
    rig.environment.setOnline(false);
    rig.environment.setOnline(true);
    await bringUp(rig);
    expect(stuck!.readyState).toBe(3);
    expect(rig.environment.sockets).toHaveLength(2);
    expect(rig.connection.state.get().status).toBe("online");
    rig.close();
  });
});

describe("a token", () => {
  const expiring = (renewed: string | null) => {
    let token: string | null = "old";
    return vi.fn<GetToken>(({ refresh }) => {
      if (refresh) token = renewed;
      return token;
    });
  };

  test("that expires is renewed, and the link goes on", async () => {
    const getToken = expiring("new");
    const rig = openConnectionRig({ getToken });
    rig.connection.start("e-1");
    await bringUp(rig);
    rig.socket().end(4401);
    expect(getToken).not.toHaveBeenCalledWith({ refresh: true });
    await rig.environment.advance(125);
    expect(getToken.mock.calls.filter(([{ refresh }]) => refresh)).toHaveLength(1);
    await bringUp(rig);
    expect(rig.connection.state.get().status).toBe("online");
    rig.close();
  });

  test("that is refused although it is new signs out, until somebody reconnects", async () => {
    const rig = openConnectionRig({ getToken: expiring("new") });
    rig.answerWith(() => Response.json({ code: "unauthorized", detail: "No" }, { status: 401 }));
    rig.connection.start(null);
    await rig.environment.settle();
    const signedOut = { status: "signed-out", error: "No", retryAt: null };
    expect(rig.connection.state.get()).toMatchObject(signedOut);
    rig.answerWith(null);
    rig.environment.setOnline(false);
    rig.environment.setOnline(true);
    rig.environment.setVisible(false);
    rig.environment.setVisible(true);
    await rig.environment.advance(600_000);
    expect(rig.tickets()).toBe(0);
    expect(rig.connection.state.get()).toMatchObject(signedOut);
    rig.connection.reconnect();
    await bringUp(rig);
    expect(rig.connection.state.get().status).toBe("online");
    rig.close();
  });

  test("that is not there is nobody's: nothing is tried", async () => {
    const rig = openConnectionRig({ getToken: () => null });
    rig.connection.start(null);
    await rig.environment.advance(600_000);
    expect(rig.connection.state.get().status).toBe("signed-out");
    expect(rig.tickets()).toBe(0);
    rig.close();
  });

  test("that cannot be had just now is asked for again", async () => {
    let isAway = true;
    const rig = openConnectionRig({
      getToken: () => (isAway ? Promise.reject(new Error("away")) : "token"),
    });
    rig.connection.start(null);
    await rig.environment.settle();
    expect(rig.connection.state.get().status).toBe("reconnecting");
    isAway = false;
    await rig.environment.advance(250);
    await bringUp(rig);
    expect(rig.connection.state.get().status).toBe("online");
    rig.close();
  });
});

describe("a network without sockets", () => {
  test("is found by two handshakes in a row, and tried again 5 minutes later", async () => {
    const rig = openConnectionRig({ random: () => 0 });
    rig.connection.start("e-1");
    await rig.environment.settle();
    rig.socket().end(1006);
    await rig.environment.advance(0);
    // The second never answers at all.
    await rig.environment.advance(10_000);
    expect(rig.environment.sockets).toHaveLength(2);
    expect(rig.streams).toHaveLength(1);
    rig.stream().write("connected", { user_id: 7 });
    rig.stream().write("ready", { status: "ready" }, "e-1");
    await rig.environment.settle();
    expect(rig.connection.state.get()).toMatchObject({ status: "online", transport: "sse" });
    rig.stream().end();
    await rig.environment.advance(0);
    expect(rig.streams).toHaveLength(2);
    await rig.environment.advance(40_000);
    for (let minutes = 0; minutes < 12; minutes += 1) {
      rig.stream().write("heartbeat", { timestamp: 1 });
      await rig.environment.advance(25_000);
    }
    expect(rig.environment.sockets).toHaveLength(2);
    rig.stream().end();
    await rig.environment.advance(0);
    expect(rig.environment.sockets).toHaveLength(3);
    // Nothing has changed: one look is enough.
    rig.socket().end(1006);
    await rig.environment.advance(0);
    expect(rig.environment.sockets).toHaveLength(3);
    expect(rig.streams).toHaveLength(3);
    rig.close();
  });

  test("is not what a server that answers nothing is taken for", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await rig.environment.settle();
    rig.answerWith(unavailable());
    rig.socket().end(1006);
    await rig.environment.advance(60_000);
    rig.answerWith(null);
    await rig.environment.advance(waitOf(rig)!);
    await bringUp(rig);
    rig.socket().end(1006);
    await rig.environment.advance(waitOf(rig)!);
    rig.socket().end(1006);
    await rig.environment.advance(waitOf(rig)!);
    expect(rig.environment.sockets).toHaveLength(4);
    expect(rig.streams).toHaveLength(0);
    rig.close();
  });

  test("does not change what was asked for", async () => {
    const rig = openConnectionRig({ random: () => 0, transport: "websocket" });
    rig.connection.start(null);
    for (let tries = 1; tries <= 5; tries += 1) {
      await rig.environment.advance(0);
      expect(rig.environment.sockets).toHaveLength(tries);
      rig.socket().end(1006);
    }
    expect(rig.streams).toHaveLength(0);
    rig.close();
  });
});
