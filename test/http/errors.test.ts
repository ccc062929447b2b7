import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChatError } from "../../src/protocol/error.ts";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

describe("an error", () => {
  it("is a problem with a stable code, its place and the request's id [ERR-1]", async () => {
    const path = `${chatPath}/chats/conversation/999999999/`;
    const response = await rig.call(`${path}?limit=3`, { as: rig.alice });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "urn:parley:error:not-found",
      title: "There is nothing here for you",
      status: 404,
      detail: "There is nothing here for you",
      instance: path,
      code: "not-found",
      request_id: response.headers.get("X-Request-Id"),
    });
  });

  it("is the same for an unknown address as for a missing object [PRIV-1]", async () => {
    const bodies = await Promise.all(
      ["/api/nothing", `${chatPath}/chats/conversation/999999999/`].map(async (path) => {
        const response = await rig.call(path, { as: rig.alice });
        const {
          instance: _i,
          request_id: _r,
          ...rest
        } = (await response.json()) as Record<string, unknown>;
        return rest;
      }),
    );
    expect(bodies[0]).toEqual(bodies[1]);
  });

  it("that nobody expected says nothing about itself and is logged once [ERR-3]", async () => {
    const canary = "postgres://user:canary@host/select-1";
    const history = {
      ...rig.ports.history,
      listConversations: () => Promise.reject(new Error(canary)),
    };
    rig.logged.length = 0;
    const app = rig.appWith({ ports: { history } });
    const response = await app.call(`${chatPath}/chats/conversations/`, { as: rig.alice });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("canary");
    expect(JSON.parse(text)).toMatchObject({ code: "internal" });
    expect(rig.logged.map(({ event }) => event)).toEqual(["request.failed"]);
    expect(rig.logged[0]!.fields).toMatchObject({
      requestId: response.headers.get("X-Request-Id"),
    });
    expect(JSON.stringify(rig.logged)).not.toContain("canary");
    expect(JSON.stringify(rig.logged)).not.toContain(rig.alice.token);
  });

  it("that is no Error is an error all the same [ERR-3]", async () => {
    const history = {
      ...rig.ports.history,
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what a careless library does
      listConversations: () => Promise.reject("canary"),
    };
    const app = rig.appWith({ ports: { history } });
    const response = await app.call(`${chatPath}/chats/conversations/`, { as: rig.alice });
    expect(await problemOf(response)).toMatchObject({ status: 500, code: "internal" });
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  it("of a store that is away is 503 with the time to wait [ERR-4]", async () => {
    const away = new ChatError("history-unavailable", { retryAfterMs: 1_500 });
    const history = { ...rig.ports.history, sendMessage: () => Promise.reject(away) };
    const app = rig.appWith({ ports: { history } });
    const json = { receiver_id: rig.bob.person.id, message: "x" };
    const response = await app.call(`${chatPath}/chats/`, { as: rig.alice, json });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("2");
    expect(await response.json()).toMatchObject({
      code: "history-unavailable",
      retry_after_ms: 1_500,
    });
  });
});

describe("a method", () => {
  it.each([
    ["PUT", `${chatPath}/chats/`, "POST, OPTIONS"],
    ["DELETE", `${chatPath}/chats/conversation/1/`, "GET, OPTIONS"],
    ["GET", `${chatPath}/chats/mark-read/`, "POST, OPTIONS"],
    ["POST", `${chatPath}/chats/unread-count`, "GET, OPTIONS"],
    ["POST", "/api/service/users", "PUT, OPTIONS"],
    ["OPTIONS", `${chatPath}/chats/`, "POST, OPTIONS"],
    ["post", `${chatPath}/chats/online-users/`, "GET, OPTIONS"],
    ["BREW", "/health", "GET, HEAD, OPTIONS"],
    ["POST", "/api/docs/", "GET, HEAD, OPTIONS"],
    ["HEAD", `${chatPath}/chats/`, "POST, OPTIONS"],
    ["HEAD", `${chatPath}/chats/online-users/`, "GET, OPTIONS"],
  ])("%s is not allowed at %s [METHOD-1]", async (method, path, allow) => {
    const response = await rig.call(path, { method, as: rig.alice });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
    const code = method === "HEAD" ? null : (await problemOf(response)).code;
    expect(code ?? "method-not-allowed").toBe("method-not-allowed");
  });

  it.each(["chats/conversation/1/", "chats/conversations/", "sse/events/"])(
    "HEAD has no effect at %s [METHOD-1]",
    async (path) => {
      const response = await rig.call(`${chatPath}/${path}`, { method: "HEAD", as: rig.alice });
      expect(response.status).toBe(405);
      expect(await response.text()).toBe("");
    },
  );
});

describe("an address", () => {
  it.each(["/api/nothing", "/health/nothing", `${chatPath}/nothing/`])(
    "that is unknown is so for HEAD too: %s [METHOD-1]",
    async (path) => {
      const response = await rig.call(path, { method: "HEAD", as: rig.alice });
      expect(response.status).toBe(404);
      expect(response.headers.get("Allow")).toBeNull();
    },
  );

  it.each(["%zz", "%", "%c0%af", "%00", "a%00b"])(
    "with %s cannot be read [URL-1]",
    async (part) => {
      const response = await rig.call(`${chatPath}/chats/conversation/${part}/`, { as: rig.alice });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: "malformed-url" });
    },
  );

  it.each([
    "/API/v1/communication/chats/unread-count/",
    `${chatPath}/Chats/unread-count/`,
    `${chatPath}//chats/unread-count/`,
    `${chatPath}/%2e%2e/%2e%2e/health%2f`,
    `${chatPath}/chats%2Funread-count/`,
    "/",
  ])("is another one when it is written otherwise: %s [URL-1]", async (path) => {
    const response = await rig.call(path, { as: rig.alice });
    expect(await problemOf(response)).toMatchObject({ status: 404, code: "not-found" });
  });

  it.each(["*/*", "text/html", undefined])(
    "answers JSON to Accept: %s [WIRE-1]",
    async (accept) => {
      const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept };
      const path = `${chatPath}/chats/unread-count/`;
      const response = await rig.call(path, { as: rig.alice, headers });
      expect(response.headers.get("Content-Type")).toContain("application/json");
    },
  );
});
