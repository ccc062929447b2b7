import { describe, expect, test, vi } from "vitest";
import { createHttp } from "../../src/client/create-http.ts";
import { ApiError, type Http } from "../../src/client/http.ts";
import { createTokens, type GetToken } from "../../src/client/tokens.ts";
import { createManualEnvironment, type Fetch } from "./support/manual-environment.ts";

interface Rig {
  http: Http;
  fetch: ReturnType<typeof vi.fn<Fetch>>;
  getToken: ReturnType<typeof vi.fn<GetToken>>;
  environment: ReturnType<typeof createManualEnvironment>;
}

function openRig(answer: Fetch, getToken: GetToken = () => "first"): Rig {
  const fetch = vi.fn<Fetch>(answer);
  const environment = createManualEnvironment({ fetch });
  const asked = vi.fn<GetToken>(getToken);
  const http = createHttp({ url: "https://chat.test/", getToken: asked, environment });
  return { http, fetch, getToken: asked, environment };
}

function json(body: unknown, init: ResponseInit = {}): Response {
  return Response.json(body, init);
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

function tokenOf([, init]: Parameters<Fetch>): string | null {
  return new Headers(init.headers).get("Authorization");
}

describe("a request", () => {
  test("carries the token, the query and its body as JSON", async () => {
    const { http, fetch } = openRig(() => Promise.resolve(json({ fine: true }, { status: 201 })));
    const answer = await http.request({
      method: "POST",
      path: "/api/x/",
      query: { limit: 5, cursor: undefined, name: "ü&" },
      body: { text: "hello" },
      headers: { "Idempotency-Key": "k" },
    });
    expect(answer).toMatchObject({ data: { fine: true }, status: 201 });
    const [url, init] = fetch.mock.calls[0]!;
    expect(url).toBe("https://chat.test/api/x/?limit=5&name=%C3%BC%26");
    expect(init).toMatchObject({ method: "POST", body: '{"text":"hello"}' });
    expect(Object.fromEntries(init.headers as Headers)).toEqual({
      authorization: "Bearer first",
      "content-type": "application/json",
      "idempotency-key": "k",
    });
  });

  test("leaves a form as it is, for the browser to name its boundary", async () => {
    const { http, fetch } = openRig(() => Promise.resolve(json({})));
    const form = new FormData();
    await http.request({ method: "POST", path: "/f/", body: form });
    const [, init] = fetch.mock.calls[0]!;
    expect(init.body).toBe(form);
    expect((init.headers as Headers).has("Content-Type")).toBe(false);
  });

  test("is repeated once with a renewed token, and the renewal is shared", async () => {
    let token = "first";
    const renew = vi.fn<() => string>(() => (token = "second"));
    const getToken = createTokens(({ refresh }) => (refresh ? renew() : token));
    const { http, fetch } = openRig((_url, init) => {
      const isGood = new Headers(init.headers).get("Authorization") === "Bearer second";
      return Promise.resolve(
        isGood ? json("in") : json({ code: "token-expired" }, { status: 401 }),
      );
    }, getToken);
    const answers = await Promise.all(
      [1, 2, 3].map(() => http.request({ method: "GET", path: "/" })),
    );
    expect(answers.map(({ data }) => data)).toEqual(["in", "in", "in"]);
    expect(renew).toHaveBeenCalledOnce();
    expect(fetch.mock.calls.map(tokenOf).filter((each) => each === "Bearer second")).toHaveLength(
      3,
    );
  });

  test("fails where the new token is refused, too, or is no other", async () => {
    const refuse: Fetch = () =>
      Promise.resolve(json({ code: "token-expired", detail: "Over" }, { status: 401 }));
    const renewing = openRig(refuse, ({ refresh }) => (refresh ? "second" : "first"));
    const error = await failure(renewing.http.request({ method: "GET", path: "/" }));
    expect(error).toMatchObject({ code: "token-expired", status: 401, isTemporary: false });
    expect(renewing.fetch).toHaveBeenCalledTimes(2);
    const stubborn = openRig(refuse);
    await failure(stubborn.http.request({ method: "GET", path: "/" }));
    expect(stubborn.fetch).toHaveBeenCalledOnce();
  });

  test("is not even made where nobody is signed in", async () => {
    const { http, fetch } = openRig(
      () => Promise.resolve(json({})),
      () => null,
    );
    const error = await failure(http.request({ method: "GET", path: "/" }));
    expect(error).toMatchObject({ code: "unauthorized", status: 401 });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe("an error", () => {
  test("has the problem's code, detail and time to wait", async () => {
    const problem = { code: "rate-limited", detail: "Slowly", retry_after_ms: 1_500 };
    const headers = { "Retry-After": "2" };
    const { http } = openRig(() => Promise.resolve(json(problem, { status: 429, headers })));
    const error = await failure(http.request({ method: "GET", path: "/" }));
    expect(error).toMatchObject({ code: "rate-limited", message: "Slowly", status: 429 });
    expect(error).toMatchObject({ retryAfterMs: 1_500, isTemporary: true });
  });

  test.each([
    ["17", 17_000],
    ["Fri, 09 Jan 2026 00:00:20 GMT", 20_000],
    ["Thu, 08 Jan 2026 00:00:00 GMT", 0],
    ["soon", null],
  ])("of a proxy that says Retry-After: %s waits %s ms", async (value, expected) => {
    const answer = new Response("<h1>Bad gateway</h1>", {
      status: 502,
      headers: { "Retry-After": value },
    });
    const { http } = openRig(() => Promise.resolve(answer));
    const error = await failure(http.request({ method: "GET", path: "/" }));
    expect(error).toMatchObject({ code: "http-502", status: 502, retryAfterMs: expected });
  });

  test("says offline where there was no answer, or one that is not the server's", async () => {
    const gone = openRig(() => Promise.reject(new TypeError("fetch failed")));
    const error = await failure(gone.http.request({ method: "GET", path: "/" }));
    expect(error).toMatchObject({ code: "offline", status: 0, isTemporary: true });
    expect(error.cause).toBeInstanceOf(TypeError);
    const portal = openRig(() => Promise.resolve(new Response("<h1>Please sign in</h1>")));
    const other = await failure(portal.http.request({ method: "GET", path: "/" }));
    expect(other.code).toBe("offline");
    const mute = openRig(
      () => Promise.resolve(json({})),
      () => Promise.reject(new Error("no token now")),
    );
    expect((await failure(mute.http.request({ method: "GET", path: "/" }))).code).toBe("offline");
  });

  test("says aborted where the caller stopped it, before or while it was under way", async () => {
    const forever: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    const { http, fetch, environment } = openRig(forever);
    const stop = new AbortController();
    const under = http.request({ method: "GET", path: "/", signal: stop.signal });
    await environment.settle();
    stop.abort();
    expect((await failure(under)).code).toBe("aborted");
    const before = http.request({ method: "GET", path: "/", signal: stop.signal });
    expect((await failure(before)).code).toBe("aborted");
    expect(fetch).toHaveBeenCalledOnce();
  });

  test("comes after half a minute of silence, but never to a form that goes up", async () => {
    const forever: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    const { http, environment } = openRig(forever);
    const quiet = failure(http.request({ method: "GET", path: "/" }));
    const form = http.request({ method: "POST", path: "/", body: new FormData() });
    let isOver = false;
    form.catch(() => undefined).finally(() => (isOver = true));
    await environment.advance(29_999);
    await environment.advance(1);
    expect((await quiet).code).toBe("offline");
    await environment.advance(600_000);
    expect(isOver).toBe(false);
  });
});
