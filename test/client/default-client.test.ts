import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBrowserEnvironment } from "../../src/client/browser-environment.ts";
import {
  chatAPI,
  configureChat,
  defaultChat,
  defaultOptions,
  messagingAPI,
} from "../../src/client/default-client.ts";

const requests: { url: string; token: string | null }[] = [];

beforeEach(() => {
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    requests.push({ url, token: new Headers(init.headers).get("Authorization") });
    return Promise.resolve(Response.json([]));
  });
});

afterEach(() => {
  configureChat({});
  requests.length = 0;
  vi.unstubAllGlobals();
});

function stubPage(authToken: string | null): void {
  vi.stubGlobal("location", { origin: "https://host.test" });
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => (name === "authToken" ? authToken : null),
  });
}

describe("the functions that a page imports", () => {
  test("ask the page's own origin, as whoever is signed in at that time", async () => {
    stubPage("first");
    await chatAPI.getConversations();
    stubPage("second");
    await messagingAPI.getUnreadMessagesCount(5);
    expect(requests).toEqual([
      {
        url: "https://host.test/api/v1/communication/chats/conversations/",
        token: "Bearer first",
      },
      {
        url: "https://host.test/api/messaging/messages/user/5/unread/",
        token: "Bearer second",
      },
    ]);
  });

  test("ask nothing while nobody is signed in", async () => {
    stubPage(null);
    await expect(chatAPI.getUnreadCount()).rejects.toMatchObject({ code: "unauthorized" });
    expect(requests).toEqual([]);
  });

  test("ask where the page says, from its next call on", async () => {
    stubPage("first");
    await chatAPI.getUnreadCount();
    configureChat({ url: "https://chat.test/", getToken: () => "own" });
    await chatAPI.getUnreadCount();
    configureChat({ url: "https://other.test" });
    await chatAPI.getUnreadCount();
    expect(requests.map(({ url, token }) => [new URL(url).origin, token])).toEqual([
      ["https://host.test", "Bearer first"],
      ["https://chat.test", "Bearer own"],
      ["https://other.test", "Bearer first"],
    ]);
  });

  test("say what is missing where there is no page", async () => {
    expect(() => defaultOptions()).toThrow("configureChat");
    expect(() => chatAPI.getUnreadCount()).toThrow("configureChat");
    configureChat({ url: "https://chat.test" });
    await expect(chatAPI.getUnreadCount()).rejects.toMatchObject({ code: "unauthorized" });
  });
});

describe("the default client", () => {
  test("is one for all, until the page is configured anew", () => {
    stubPage(null);
    const first = defaultChat();
    expect(defaultChat()).toBe(first);
    expect(first.url).toBe("https://host.test");
    configureChat({ url: "https://chat.test" });
    expect(first.connection.get().status).toBe("closed");
    expect(defaultChat().url).toBe("https://chat.test");
  });

  test("is another for each who signs in, and stays over renewed tokens", async () => {
    const token = (claims: object) => `e30.${btoa(JSON.stringify(claims))}.signature`;
    stubPage(null);
    const nobody = defaultChat();
    stubPage(token({ user_id: 1, iat: 1 }));
    const one = defaultChat();
    expect(one).not.toBe(nobody);
    stubPage(token({ user_id: 1, iat: 2 }));
    expect(defaultChat()).toBe(one);
    stubPage(token({ user_id: 2, iat: 2 }));
    expect(defaultChat()).not.toBe(one);
    await Promise.resolve();
    expect(one.connection.get().status).toBe("closed");
    configureChat({});
  });
});

describe("the browser's environment", () => {
  test("can be made where there is no browser", () => {
    const environment = createBrowserEnvironment();
    expect(environment.indexedDB).toBeNull();
    expect(environment.isVisible()).toBe(true);
    expect(environment.isOnline()).toBe(true);
    expect(environment.createUpload).toBeUndefined();
    environment.onChange(() => undefined)();
  });

  test("does without what a page may not touch", () => {
    vi.stubGlobal("navigator", {
      get locks(): never {
        throw new DOMException("", "SecurityError");
      },
    });
    expect(createBrowserEnvironment().locks).toBeNull();
  });
});
