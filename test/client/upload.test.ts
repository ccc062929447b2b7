import { describe, expect, test } from "vitest";
import { createHttp } from "../../src/client/create-http.ts";
import type { Http } from "../../src/client/http.ts";
import { createManualEnvironment } from "./support/manual-environment.ts";

/** A browser's upload, in the test's hands. */
class FakeUpload extends EventTarget {
  readonly upload = new EventTarget();
  readonly headers: Record<string, string> = {};
  opened = "";
  body: unknown = null;
  status = 0;
  responseText = "";
  answerHeaders = "";

  open(method: string, url: string): void {
    this.opened = `${method} ${url}`;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(body: unknown): void {
    this.body = body;
  }

  abort(): void {
    this.dispatchEvent(new Event("abort"));
  }

  getAllResponseHeaders(): string {
    return this.answerHeaders;
  }

  progress(loaded: number, total: number): void {
    const event = Object.assign(new Event("progress"), { lengthComputable: true, loaded, total });
    this.upload.dispatchEvent(event);
  }

  answer(status: number, body: unknown, headers = ""): void {
    [this.status, this.responseText, this.answerHeaders] = [status, JSON.stringify(body), headers];
    this.dispatchEvent(new Event("load"));
  }
}

function openRig(): {
  http: Http;
  uploads: FakeUpload[];
  settle: () => Promise<void>;
} {
  const uploads: FakeUpload[] = [];
  let token = "old";
  const environment = {
    ...createManualEnvironment(),
    createUpload() {
      const upload = new FakeUpload();
      uploads.push(upload);
      return upload as unknown as XMLHttpRequest;
    },
  };
  const http = createHttp({
    url: "https://chat.test",
    getToken({ refresh }) {
      if (refresh) token = "new";
      return token;
    },
    environment,
  });
  return { http, uploads, settle: environment.settle };
}

const post = { method: "POST", path: "/files/" } as const;

describe("an upload whose progress is watched", () => {
  test("tells how much went up and answers as any request", async () => {
    const { http, uploads, settle } = openRig();
    const shares: number[] = [];
    const body = new FormData();
    const answer = http.request({ ...post, body, onProgress: (share) => shares.push(share) });
    await settle();
    const upload = uploads[0]!;
    expect(upload).toMatchObject({ opened: "POST https://chat.test/files/", body });
    expect(upload.headers).toEqual({ authorization: "Bearer old" });
    for (const loaded of [0, 25, 100]) upload.progress(loaded, 100);
    const headers = "content-type: application/json\r\nlink: <a>; rel=next\r\n";
    upload.answer(201, { id: 1 }, headers);
    expect(await answer).toMatchObject({ status: 201, data: { id: 1 } });
    expect((await answer).headers.get("Link")).toBe("<a>; rel=next");
    expect(shares).toEqual([0, 0.25, 1]);
  });

  test("is repeated with a new token where the old one is refused", async () => {
    const { http, uploads, settle } = openRig();
    const answer = http.request({ ...post, body: new FormData(), onProgress: () => undefined });
    await settle();
    uploads[0]!.answer(401, { code: "token-expired" });
    await settle();
    expect(uploads[1]!.headers).toEqual({ authorization: "Bearer new" });
    uploads[1]!.answer(200, "done");
    expect((await answer).data).toBe("done");
  });

  test("fails with the server's code, without a network, and when it is stopped", async () => {
    const { http, uploads, settle } = openRig();
    const stop = new AbortController();
    const request = { ...post, body: new FormData(), onProgress: () => undefined };
    const failed = (error: unknown): unknown => error;
    const failures = Promise.all([
      http.request(request).catch(failed),
      http.request(request).catch(failed),
      http.request({ ...request, signal: stop.signal }).catch(failed),
    ]);
    await settle();
    const [refused, broken] = uploads;
    refused!.answer(413, { code: "payload-too-large", detail: "Too large" }, "retry-after: 3");
    broken!.dispatchEvent(new Event("error"));
    stop.abort();
    expect(await failures).toMatchObject([
      { code: "payload-too-large", retryAfterMs: 3_000 },
      { code: "offline", status: 0 },
      { code: "aborted", status: 0 },
    ]);
  });
});
