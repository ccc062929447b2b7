import { describe, expect, it } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import { createMemoryRateLimiter } from "../../src/adapters/memory/rate-limiter.ts";
import { createMemoryUnreadCounters } from "../../src/adapters/memory/unread-counters.ts";
import type { UnreadCounters } from "../../src/ports/unread-counters.ts";
import { ChatError } from "../../src/protocol/error.ts";
import { testUnreadCounters } from "../contracts/unread-counters.ts";

/** Counters whose memory can be lost. */
function createLossyCounters() {
  let inner = createMemoryUnreadCounters();
  const counters: UnreadCounters = {
    put: (...given) => inner.put(...given),
    read: (...given) => inner.read(...given),
    fill: (...given) => inner.fill(...given),
  };
  const flush = async () => {
    inner = createMemoryUnreadCounters();
  };
  return { counters, flush };
}

describe("unread counters in memory", () => {
  testUnreadCounters(async () => createLossyCounters());

  it("forget whole users, the longest unwritten first, beyond ten thousand", async () => {
    const counters = createMemoryUnreadCounters();
    for (let userId = 1; userId <= 10_001; userId += 1) await counters.fill(userId, []);
    expect(await counters.read(1)).toBeNull();
    expect(await counters.read(2)).toEqual([]);
  });
});

async function* chunksOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

describe("an attachment store in memory", () => {
  const described = { kind: "document", name: "a.txt", contentType: "text/plain" } as const;

  it("gives back a file in whole and in part", async () => {
    const store = createMemoryAttachmentStore();
    const stored = await store.put("a", chunksOf("hello ", "world"), described);
    expect(stored.size).toBe(11);
    const whole = await store.open("a", null);
    expect(whole).toMatchObject({ attachment: { ...described, size: 11 }, range: null });
    expect(await new Response(whole!.body).text()).toBe("hello world");
    const part = await store.open("a", { offset: 6, length: 3 });
    expect(part).toMatchObject({ range: { offset: 6, length: 3 } });
    expect(await new Response(part!.body).text()).toBe("wor");
    expect(part!.etag).toBe((await store.describe("a"))!.etag);
  });

  it("gives equal bytes an equal digest, and other bytes another", async () => {
    const store = createMemoryAttachmentStore();
    const first = await store.put("a", chunksOf("ab", "c"), described);
    expect(await store.put("b", chunksOf("a", "bc"), described)).toEqual(first);
    expect((await store.put("c", chunksOf("abd"), described)).digest).not.toBe(first.digest);
  });

  it("holds an empty file", async () => {
    const store = createMemoryAttachmentStore();
    expect(await store.put("a", chunksOf(), described)).toMatchObject({ size: 0 });
    expect(await new Response((await store.open("a", null))!.body).text()).toBe("");
  });

  it("leaves nothing behind when the source throws", async () => {
    const store = createMemoryAttachmentStore();
    async function* broken() {
      yield new Uint8Array(5);
      throw new Error("cut");
    }
    await expect(store.put("a", broken(), described)).rejects.toThrow("cut");
    expect(await store.describe("a")).toBeNull();
    expect(await store.open("a", null)).toBeNull();
  });

  it("writes an id once, and forgets it when it is removed", async () => {
    const store = createMemoryAttachmentStore();
    await store.put("a", chunksOf("one"), described);
    await expect(store.put("a", chunksOf("two"), described)).rejects.toThrow(ChatError);
    expect(await new Response((await store.open("a", null))!.body).text()).toBe("one");
    await store.remove("a");
    expect(await store.describe("a")).toBeNull();
  });
});

describe("a rate limiter in memory", () => {
  const rule = { burst: 2, perSecond: 1 };

  function createLimiter() {
    const clock = { time: 1_000_000, now: () => clock.time };
    return { clock, limiter: createMemoryRateLimiter(clock) };
  }

  it("counts each key by itself", () => {
    const { clock, limiter } = createLimiter();
    const take = (key: string) => limiter.take(key, rule).allowed;
    expect([take("a"), take("a"), take("a"), take("b")]).toEqual([true, true, false, true]);
    expect(limiter.take("a", rule)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    clock.time += 1_000;
    expect([take("a"), take("a")]).toEqual([true, false]);
  });

  it("remembers ten thousand keys, and of more the latest used", () => {
    const { limiter } = createLimiter();
    const once = { burst: 1, perSecond: 0.001 };
    for (let key = 0; key < 10_000; key += 1) limiter.take(`${key}`, once);
    expect(limiter.take("0", once).allowed).toBe(false);
    limiter.take("one more", once);
    limiter.take("and another", once);
    expect(limiter.take("0", once).allowed).toBe(false);
    expect(limiter.take("9999", once).allowed).toBe(false);
    expect(limiter.take("1", once).allowed).toBe(true);
  });
});
