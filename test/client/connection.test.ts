import { describe, expect, test } from "vitest";
import { bringUp, logged, openConnectionRig } from "./support/connection-rig.ts";

describe("a socket link", () => {
  test("opens by a ticket, says hello with its cursor, and is online once it is ready", async () => {
    const rig = openConnectionRig();
    rig.connection.start("e-4");
    expect(rig.connection.state.get()).toMatchObject({ status: "connecting", transport: null });
    await rig.environment.settle();
    const socket = rig.socket();
    expect(socket.url).toBe("wss://chat.test/ws/messaging/?ticket=ticket%201");
    socket.accept(7);
    expect(socket.frames()).toEqual([{ type: "hello", last_event_id: "e-4" }]);
    socket.say(logged(5));
    expect(rig.connection.state.get().status).toBe("connecting");
    socket.say({ type: "ready", event_id: "e-5" });
    expect(rig.connection.state.get()).toEqual({
      status: "online",
      transport: "websocket",
      error: null,
      retryAt: null,
    });
    expect(rig.types()).toEqual(["connected", "unread e-5", "ready e-5"]);
    rig.close();
    expect(socket.readyState).toBe(3);
    expect(rig.connection.state.get().status).toBe("closed");
  });

  test("says hello with nothing where it begins anew", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    expect(rig.socket().frames()).toEqual([{ type: "hello" }]);
    rig.close();
  });

  test("acknowledges what is applied, the last of many in one go", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    for (const number of [2, 3, 4]) {
      rig.socket().say(logged(number));
      rig.connection.applied(`e-${number}`);
    }
    await rig.environment.settle();
    expect(rig.socket().frames().slice(1)).toEqual([{ type: "ack", event_id: "e-4" }]);
    rig.connection.applied("e-5");
    await rig.environment.settle();
    expect(rig.socket().frames().at(-1)).toEqual({ type: "ack", event_id: "e-5" });
    rig.close();
  });

  test("says again what is applied after much that has no number", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    rig.connection.applied("e-1");
    await rig.environment.settle();
    const before = rig.socket().frames().length;
    const typing = { type: "typing", sender_id: 1, sender_name: "A", is_typing: true };
    for (let times = 0; times < 999; times += 1) rig.socket().say(typing);
    expect(rig.socket().frames()).toHaveLength(before);
    for (let times = 0; times < 5; times += 1) rig.socket().say({ type: "pong" });
    expect(rig.socket().frames()).toHaveLength(before);
    rig.socket().say(typing);
    expect(rig.socket().frames().slice(before)).toEqual([{ type: "ack", event_id: "e-1" }]);
    rig.close();
  });

  test("pings every 25 s in the very bytes, and each pong is a heartbeat", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    const pings = (): number =>
      rig.socket().sent.filter((text) => text === '{"type":"ping"}').length;
    for (const expected of [1, 2, 3]) {
      await rig.environment.advance(25_000);
      expect(pings()).toBe(expected);
      rig.socket().say('{"type":"pong"}');
    }
    expect(rig.types().filter((type) => type === "heartbeat")).toHaveLength(3);
    expect(rig.connection.state.get().status).toBe("online");
    expect(rig.environment.sockets).toHaveLength(1);
    rig.close();
  });

  test("is dead when nothing comes for 10 s after a ping, and resumes after the last event", async () => {
    const rig = openConnectionRig({ random: () => 0 });
    rig.connection.start("e-1");
    await bringUp(rig);
    rig.socket().say(logged(2));
    const first = rig.socket();
    await rig.environment.advance(34_999);
    expect(first.readyState).toBe(1);
    await rig.environment.advance(1);
    expect(first.readyState).toBe(3);
    await bringUp(rig, "e-2");
    expect(rig.socket().frames()).toEqual([{ type: "hello", last_event_id: "e-2" }]);
    // What the old one still says is nobody's business.
    first.say(logged(3));
    expect(rig.types().filter((type) => type.startsWith("unread"))).toEqual(["unread e-2"]);
    rig.close();
  });

  test.each(["network", "page"])(
    "is probed when the %s comes back, and dead after 4 s",
    async (what) => {
      const rig = openConnectionRig({ random: () => 0 });
      rig.connection.start(null);
      await bringUp(rig);
      const first = rig.socket();
      const go = (isThere: boolean): void =>
        what === "page" ? rig.environment.setVisible(isThere) : rig.environment.setOnline(isThere);
      go(false);
      if (what === "network") first.say('{"type":"pong"}');
      go(true);
      expect(first.sent.at(-1)).toBe('{"type":"ping"}');
      first.say('{"type":"pong"}');
      await rig.environment.advance(5_000);
      expect(first.readyState).toBe(1);
      go(false);
      go(true);
      await rig.environment.advance(3_999);
      expect(first.readyState).toBe(1);
      await rig.environment.advance(1);
      expect(first.readyState).toBe(3);
      rig.close();
    },
  );

  test("is probed when the browser says that it is offline, and is so unless the server answers", async () => {
    const rig = openConnectionRig({ random: () => 0 });
    rig.connection.start(null);
    await bringUp(rig);
    rig.environment.setOnline(false);
    rig.socket().say('{"type":"pong"}');
    await rig.environment.advance(5_000);
    expect(rig.connection.state.get().status).toBe("online");
    rig.environment.setOnline(true);
    rig.socket().say('{"type":"pong"}');
    rig.environment.setOnline(false);
    await rig.environment.advance(4_000);
    expect(rig.connection.state.get()).toMatchObject({ status: "offline", transport: null });
    rig.close();
  });

  test("passes frames only while it is open", async () => {
    const rig = openConnectionRig();
    expect(rig.connection.send({ type: "presence" })).toBe(false);
    rig.connection.start(null);
    await bringUp(rig);
    expect(rig.connection.send({ type: "presence" })).toBe(true);
    expect(rig.socket().frames().at(-1)).toEqual({ type: "presence" });
    rig.socket().end(1006);
    expect(rig.connection.send({ type: "presence" })).toBe(false);
    rig.close();
  });
});

describe("events", () => {
  test("are told once each and in order, whatever comes again", async () => {
    const rig = openConnectionRig({ random: () => 0 });
    rig.connection.start("e-1");
    await bringUp(rig);
    for (const number of [2, 3, 2, 3, 4, 1]) rig.socket().say(logged(number));
    rig.socket().end(1006);
    await bringUp(rig, "e-4");
    expect(rig.socket().frames()).toEqual([{ type: "hello", last_event_id: "e-4" }]);
    for (const number of [4, 5]) rig.socket().say(logged(number));
    expect(rig.types().filter((type) => type.startsWith("unread"))).toEqual([
      "unread e-2",
      "unread e-3",
      "unread e-4",
      "unread e-5",
    ]);
    rig.close();
  });

  test("go on in the new log after a reset", async () => {
    const rig = openConnectionRig({ random: () => 0 });
    rig.connection.start("e-90");
    await rig.environment.settle();
    rig.socket().accept();
    rig.socket().say({ type: "reset", reason: "unknown-cursor", event_id: "f-2" });
    rig.socket().say({ type: "ready", event_id: "f-2" });
    for (const number of [2, 3]) rig.socket().say(logged(number, "f"));
    expect(rig.types()).toEqual(["connected", "reset f-2", "ready f-2", "unread f-3"]);
    rig.socket().end(1006);
    await bringUp(rig, "f-3");
    expect(rig.socket().frames()).toEqual([{ type: "hello", last_event_id: "f-3" }]);
    rig.close();
  });

  test("that nobody can read harm nothing", async () => {
    const rig = openConnectionRig();
    rig.connection.start(null);
    await bringUp(rig);
    for (const text of ["", "{", "null", "[]", "7", '{"type":7}', '{"type":"sparkle"}']) {
      rig.socket().say(text);
    }
    const known = ["message", "message_sent", "read_receipt", "delivery_receipt", "unread"];
    const broken = [{}, { message: null }, { message: 7 }, { message: {} }, { message_ids: ["x"] }];
    for (const type of [...known, "notification", "typing", "presence", "presence_list"]) {
      for (const fields of [...broken, { users: [null, {}] }]) {
        rig.socket().say({ type, event_id: "e-2", ...fields });
      }
    }
    rig.socket().say(logged(2));
    expect(rig.types()).toEqual(["connected", "ready e-1", "unread e-2"]);
    rig.close();
  });

  test("reach every listener, even if one of them fails", async () => {
    const rig = openConnectionRig();
    rig.connection.onEvent(({ type }) => {
      if (type === "ready") throw new Error("mine");
    });
    const heard: string[] = [];
    const stop = rig.connection.onEvent(({ type }) => heard.push(type));
    rig.connection.start(null);
    await bringUp(rig);
    expect(heard).toEqual(["connected", "ready"]);
    await expect(rig.environment.advance(0)).rejects.toThrow("mine");
    stop();
    rig.socket().say(logged(2));
    expect(heard).toHaveLength(2);
    rig.close();
  });

  test("stop when a listener closes the connection", async () => {
    const rig = openConnectionRig();
    rig.connection.onEvent(({ type }) => type === "ready" && rig.connection.close());
    rig.connection.start(null);
    await bringUp(rig);
    expect(rig.connection.state.get().status).toBe("closed");
    await rig.environment.advance(600_000);
    expect(rig.environment.sockets).toHaveLength(1);
    rig.close();
  });
});
