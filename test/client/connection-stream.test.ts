import { describe, expect, test } from "vitest";
import { openConnectionRig, type ConnectionRig } from "./support/connection-rig.ts";

async function bringUpStream(cursor: string | null = "e-1", chance = 0): Promise<ConnectionRig> {
  const rig = openConnectionRig({ transport: "sse", random: () => chance });
  rig.connection.start(cursor);
  await rig.environment.settle();
  rig.stream().write("connected", { status: "connected", user_id: 7 });
  rig.stream().write("ready", { last_event_id: "e-1" }, "e-1");
  await rig.environment.settle();
  return rig;
}

const unread = (number: number): [string, object, string] => [
  "unread",
  { conversation_id: 1, unread_count: 0, message_ids: [number], read_at: "" },
  `e-${number}`,
];

describe("a stream link", () => {
  test("shows its token and its cursor in headers only", async () => {
    const rig = await bringUpStream("e-1");
    expect(rig.stream().url).toBe("https://chat.test/api/v1/communication/sse/events/");
    expect(rig.stream().headers.get("Authorization")).toBe("Bearer token");
    expect(rig.stream().headers.get("Last-Event-ID")).toBe("e-1");
    expect(rig.connection.state.get()).toMatchObject({ status: "online", transport: "sse" });
    expect(rig.connection.send({ type: "presence" })).toBe(false);
    rig.close();
    expect(rig.stream().isAborted).toBe(true);
  });

  test("begins anew without a cursor", async () => {
    const rig = await bringUpStream(null);
    expect(rig.stream().headers.has("Last-Event-ID")).toBe(false);
    rig.close();
  });

  test("survives what nobody can read, and goes on after the last event", async () => {
    const rig = await bringUpStream();
    rig
      .stream()
      .writeRaw("event: message\ndata: {not json\n\n: a remark\n\nevent: sparkle\ndata: {}\n\n");
    for (const name of ["message", "read_receipt", "unread", "presence", "notification"]) {
      rig.stream().write(name, { message: null }, "e-2");
    }
    rig.stream().write(...unread(2));
    await rig.environment.settle();
    expect(rig.types()).toEqual(["connected", "ready e-1", "unread e-2"]);
    rig.stream().end();
    await rig.environment.advance(0);
    expect(rig.streams).toHaveLength(2);
    expect(rig.stream().headers.get("Last-Event-ID")).toBe("e-2");
    rig.close();
  });

  test("is probed by another request when the browser says that it is offline", async () => {
    const rig = await bringUpStream();
    rig.answerWith(() => new Response(null));
    rig.environment.setOnline(false);
    await rig.environment.settle();
    expect(rig.connection.state.get()).toMatchObject({ status: "offline", transport: null });
    expect(rig.stream().isAborted).toBe(true);
    rig.close();
  });

  test("stays when the page is shown again and the server answers", async () => {
    const rig = await bringUpStream();
    rig.answerWith(() => new Response(null));
    rig.environment.setVisible(false);
    rig.environment.setVisible(true);
    await rig.environment.advance(5_000);
    expect(rig.connection.state.get().status).toBe("online");
    expect(rig.streams).toHaveLength(1);
    rig.close();
  });

  test("is dead after 45 s without a byte", async () => {
    const rig = await bringUpStream();
    for (let beats = 0; beats < 4; beats += 1) {
      await rig.environment.advance(30_000);
      rig.stream().write("heartbeat", { timestamp: beats });
      await rig.environment.settle();
    }
    expect(rig.streams).toHaveLength(1);
    await rig.environment.advance(44_999);
    expect(rig.stream().isAborted).toBe(false);
    await rig.environment.advance(1);
    expect(rig.streams[0]!.isAborted).toBe(true);
    await rig.environment.advance(0);
    expect(rig.streams).toHaveLength(2);
    rig.close();
  });

  test("is opened anew when the network comes back", async () => {
    const rig = await bringUpStream();
    rig.environment.setOnline(false);
    rig.environment.setOnline(true);
    await rig.environment.settle();
    expect(rig.streams.map(({ isAborted }) => isAborted)).toEqual([true, false]);
    rig.close();
  });

  test.each([
    ["503", () => Response.json({ code: "hub-unavailable", detail: "Away" }, { status: 503 })],
    ["404", () => new Response("nothing", { status: 404 })],
    [
      "a page",
      () => new Response("<h1>Sign in</h1>", { headers: { "Content-Type": "text/html" } }),
    ],
  ])("never gives up, whatever comes instead: %s", async (_what, answer) => {
    const rig = await bringUpStream("e-1", 0.5);
    rig.answerWith(answer);
    rig.stream().end();
    for (let tries = 0; tries < 20; tries += 1) {
      await rig.environment.advance(15_000);
      expect(rig.connection.state.get().status).toBe("reconnecting");
    }
    rig.answerWith(null);
    await rig.environment.advance(15_000);
    expect(rig.streams).toHaveLength(2);
    rig.close();
  });

  test("says that its token expired: a new one is asked for", async () => {
    const asked: boolean[] = [];
    const rig = openConnectionRig({
      transport: "sse",
      random: () => 0,
      getToken({ refresh }) {
        asked.push(refresh);
        return "token";
      },
    });
    rig.connection.start(null);
    await rig.environment.settle();
    rig.stream().write("connected", { user_id: 7 });
    rig.stream().write("error", { code: "token-expired", detail: "Over" });
    rig.stream().end();
    await rig.environment.settle();
    expect(rig.connection.state.get().error).toBe("Over");
    await rig.environment.advance(0);
    expect(asked).toEqual([false, true]);
    expect(rig.streams).toHaveLength(2);
    rig.close();
  });

  test("says that a newer one took its place: it waits", async () => {
    const rig = await bringUpStream();
    rig.stream().write("error", { code: "connection-replaced", detail: "Another" });
    rig.stream().end();
    await rig.environment.advance(29_999);
    expect(rig.streams).toHaveLength(1);
    await rig.environment.advance(1);
    expect(rig.streams).toHaveLength(2);
    rig.close();
  });

  test("is refused for good where a renewed token is refused, too", async () => {
    let count = 0;
    const rig = openConnectionRig({ transport: "sse", getToken: () => `token ${(count += 1)}` });
    rig.answerWith(() => Response.json({ code: "unauthorized", detail: "No" }, { status: 401 }));
    rig.connection.start(null);
    await rig.environment.advance(600_000);
    expect(rig.connection.state.get().status).toBe("signed-out");
    rig.close();
  });
});
