import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatPath } from "../support/http-rig.ts";
import { callWell, everyCall, openScene } from "./scene.ts";
import type { NamedCall, Scene } from "./scene.ts";

let scene: Scene;
let calls: NamedCall[];

beforeAll(async () => {
  scene = await openScene();
  calls = everyCall(scene.mine);
});
afterAll(() => scene.rig.close());

const evil = [
  "https://evil.example",
  "null",
  "https://chat.example.com.evil.example",
  "https://evilchat.example.com",
  "http://chat.example.com",
  "https://chat.example.com:8443",
  "https://chat.example.com, https://evil.example",
  "",
];
const streams = [`${chatPath}/sse/events/`, "/ws/chat/", "/ws/messaging/"];

const withHeaders = (call: NamedCall, headers: Record<string, string>): NamedCall => ({
  ...call,
  call: { ...call.call, headers: { ...call.call.headers, ...headers } },
});

describe("a page of another site", () => {
  test.each(streams)(
    "opens no stream at %s, good as its token may be [CORS-1] [WS-1]",
    async (path) => {
      scene.hubCalls.length = scene.opened.length = 0;
      const { token } = scene.rig.carol;
      for (const Origin of evil) {
        const headers = { Origin, Upgrade: "websocket" };
        for (const query of [`?token=${token}`, "?ticket=x", ""]) {
          const response = await scene.call(path + query, { headers, as: scene.rig.carol });
          expect([Origin, query, response.status]).toEqual([Origin, query, 403]);
          expect(await response.json()).toMatchObject({ code: "forbidden" });
        }
      }
      expect([scene.hubCalls, scene.opened]).toEqual([[], []]);
    },
  );

  test.each(streams)(
    "opens %s where it is listed or the server's own, and a program without an origin does [CORS-1] [WS-1]",
    async (path) => {
      const origins = ["https://chat.example.com", "http://localhost:5173", "http://localhost"];
      for (const Origin of [...origins, null]) {
        const headers = { Upgrade: "websocket", ...(Origin !== null && { Origin }) };
        const response = await scene.call(path, { headers, as: scene.rig.carol });
        await response.body?.cancel();
        expect([Origin, response.status]).toEqual([Origin, 200]);
      }
    },
  );

  test("may read no answer of any route, and never with the browser's own cookies [CORS-1]", async () => {
    for (const call of calls) {
      for (const Origin of ["https://evil.example", "null", "https://chat.example.com"]) {
        const { headers, body } = await callWell(
          scene,
          scene.rig.carol,
          withHeaders(call, { Origin }),
        );
        await body?.cancel();
        const isListed = Origin === "https://chat.example.com";
        const seen = [call.route, headers.get("Access-Control-Allow-Origin")];
        expect(seen).toEqual([call.route, isListed ? Origin : null]);
        expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
        expect(headers.get("Vary")).toContain("Origin");
      }
    }
  });

  test("sends nothing with the content types of a plain form [JSON-1] [AUTH-1]", async () => {
    const rows = await scene.rig.readRows();
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "text/plain; application/json",
      "",
    ];
    for (const call of calls) {
      const { json, ...how } = call.call;
      if (json === undefined) continue;
      for (const type of types) {
        const headers = { ...how.headers, "Content-Type": type };
        const body = JSON.stringify(json);
        const sent = { ...call, call: { ...how, body, headers } };
        const { status } = await callWell(scene, scene.rig.carol, sent);
        expect([call.route, type, status]).toEqual([call.route, type, 415]);
      }
    }
    expect(await scene.rig.readRows()).toBe(rows);
  });

  test("does nothing by GET or HEAD at an address that acts [METHOD-1]", async () => {
    const rows = await scene.rig.readRows();
    const reads = new Set(
      calls.filter(({ call }) => !call.method).map(({ path }) => path.split("?")[0]),
    );
    for (const { route, path, call } of calls) {
      if (call.method === undefined || reads.has(path)) continue;
      for (const method of ["GET", "HEAD"]) {
        const { status } = await scene.call(path, { method, as: scene.rig.carol });
        expect([route, method, status]).toEqual([route, method, 405]);
      }
    }
    expect(await scene.rig.readRows()).toBe(rows);
  });
});

/** What a cache that many people share may keep, by RFC 9111 section 3. */
function isKeptByShared({ headers }: Response): boolean {
  const rules = (headers.get("Cache-Control") ?? "").split(",").map((rule) => rule.trim());
  return !rules.includes("no-store") && !rules.includes("private");
}

describe("a cache that many people share", () => {
  test("keeps no answer of any route: neither good ones nor errors, streams or preflights [HEADER-1]", async () => {
    const Origin = "https://chat.example.com";
    const preflight = { Origin, "Access-Control-Request-Method": "POST" };
    for (const call of calls) {
      const { route, path } = call;
      const etag = `"${path.split("/").at(-2) ?? ""}"`;
      const answers = [
        await callWell(scene, scene.rig.carol, call),
        await callWell(scene, scene.rig.bob, call),
        await callWell(
          scene,
          scene.rig.carol,
          withHeaders(call, { "If-None-Match": `*, ${etag}` }),
        ),
        await callWell(scene, scene.rig.carol, withHeaders(call, { Range: "bytes=0-0" })),
        await scene.call(path, { ...call.call, headers: {} }),
        await scene.call(path, { method: "DELETE", as: scene.rig.carol }),
        await scene.call(path, { method: "OPTIONS", headers: preflight }),
        await scene.call(`${path.split("?")[0]}nothing/`, { as: scene.rig.carol }),
      ];
      for (const answer of answers) {
        await answer.body?.cancel();
        expect([route, answer.status, isKeptByShared(answer)]).toEqual([
          route,
          answer.status,
          false,
        ]);
      }
    }
  });

  test("was asked for every kind of answer: a part, a known file and a stream", async () => {
    const link = calls.find(({ access }) => access === "link")!;
    const known = await callWell(
      scene,
      scene.rig.carol,
      withHeaders(link, { "If-None-Match": "*" }),
    );
    expect([known.status, isKeptByShared(known)]).toEqual([304, false]);
    const part = await callWell(scene, scene.rig.carol, withHeaders(link, { Range: "bytes=0-0" }));
    expect([part.status, isKeptByShared(part)]).toEqual([206, false]);
    const stream = await scene.call(streams[0]!, { as: scene.rig.carol });
    await stream.body?.cancel();
    expect(stream.headers.get("Content-Type")).toBe("text/event-stream");
    expect(stream.headers.get("Cache-Control")).toBe("no-store, no-transform, private");
  });
});
