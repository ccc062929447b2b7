import { describe, expect, it } from "vitest";
import { ChatError, errors } from "../../src/protocol/error.ts";
import type { ErrorCode } from "../../src/protocol/error.ts";
import { problemSchema } from "../../src/protocol/problem.ts";

const codes = Object.keys(errors) as ErrorCode[];

describe("an error code", () => {
  it.each(codes)("%s has a status and a title, and a problem may carry it [ERR-1]", (code) => {
    const [status, title] = errors[code];
    const problem = {
      type: `urn:parley:error:${code}`,
      title,
      status,
      detail: title,
      instance: "/",
      code,
      request_id: crypto.randomUUID(),
    };
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(problemSchema.parse(problem)).toEqual(problem);
  });

  it("gives an error its status and, without a detail, its title [ERR-1]", () => {
    const error = new ChatError("rate-limited", { retryAfterMs: 200 });
    expect(error).toMatchObject({ status: 429, message: "Too many requests", retryAfterMs: 200 });
    expect(new ChatError("not-found", { detail: "gone" }).message).toBe("gone");
  });
});
