import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { follow } from "../../support/follower.ts";
import { signIn, type ChatPerson } from "../../support/people.ts";
import { realPostgresUrl } from "../../support/real-services.ts";
import { hasRedisServer, type RedisProcess } from "../../support/redis-process.ts";
import type { TestServer } from "../../support/server.ts";
import { joinSocket } from "../../support/socket-client.ts";
import { eventually } from "./eventually.ts";
import { startTwoProcesses } from "./two-processes.ts";

const hasServices = (await realPostgresUrl()) !== null && hasRedisServer();
const authSecret = randomBytes(32).toString("hex");
let lastId = 0;

describe.skipIf(!hasServices)("two processes that share the users", () => {
  const stack = new AsyncDisposableStack();
  let redis: RedisProcess;
  let servers: TestServer[];

  beforeAll(async () => {
    ({ servers, redis } = await startTwoProcesses(authSecret, stack));
  }, 120_000);

  afterAll(() => stack.disposeAsync());

  /** The same person at each of the two. */
  async function nextPerson(): Promise<ChatPerson[]> {
    lastId += 1;
    const claims = { id: lastId, username: `u${lastId}`, name: `U ${lastId}` };
    return Promise.all(servers.map(({ url }) => signIn({ url, authSecret }, claims)));
  }

  const send = (from: ChatPerson, to: ChatPerson, message: string): Promise<unknown> =>
    from.post("chats/", { receiver_id: to.id, message, client_id: message.replaceAll(" ", "-") });

  it.each(["messaging", "chat"] as const)(
    "show each other's people the same over /ws/%s/ and SSE: messages, typing, receipts, presence [SEND-6] [PRES-2]",
    async (surface) => {
      const [[alice], [, bob]] = [await nextPerson(), await nextPerson()];
      await send(alice!, bob!, "first");
      const watching = await alice!.listen();
      await watching.waitFor("ready");
      const elsewhere = await joinSocket(servers[0]!, bob!, { surface });
      const socket = await joinSocket(servers[1]!, bob!, { surface, acknowledges: true });
      await watching.waitFor("presence", ({ data }) => data["is_online"] === true);
      await send(alice!, bob!, "second");
      const name = surface === "chat" ? "new_message" : "message";
      for (const each of [socket, elsewhere]) {
        await each.waitFor(name, ({ message }) => (message as { text: string }).text === "second");
      }
      await watching.waitFor("delivery_receipt");
      const answer = await socket.ask({ type: "message", recipient_id: alice!.id, text: "third" });
      expect(answer).toMatchObject({ type: "message_sent", seq: 3 });
      await watching.waitFor("message", ({ data }) => data["message"] === "third");
      socket.send({ type: "typing", recipient_id: alice!.id, is_typing: true });
      await watching.waitFor("typing");
      socket.send("no JSON");
      await socket.waitFor("error");
      await Promise.all([socket.close(), elsewhere.close()]);
      await watching.waitFor("presence", ({ data }) => data["is_online"] === false);
      await watching.close();
    },
    60_000,
  );

  it("when one is killed, its people miss nothing with the other, and those whose hubs it had neither [HUB-7] [RESUME-1]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    // Bob's hub is with the first; he follows it through the second.
    const near = await bob[0]!.listen();
    await near.waitFor("ready");
    const far = await follow(bob[1]!);
    await send(alice[1]!, bob[1]!, "before");
    await near.waitFor("message");
    await servers[0]!.killHard();
    await Promise.all(["a", "b", "c"].map((text) => send(alice[1]!, bob[1]!, text)));
    await eventually(
      () => far.messages().length,
      (count) => count === 4,
    );
    const again = await bob[1]!.listen({ lastEventId: near.lastEventId() });
    await again.waitFor("ready");
    expect(again.named("reset")).toEqual([]);
    expect(again.named("message")).toHaveLength(3);
    expect(far.events().filter(({ event }) => event === "reset")).toEqual([]);
    expect(new Set(far.messages().map(({ seq }) => seq)).size).toBe(4);
    await again.close();
    await servers[0]!.restart();
    await send(alice[0]!, bob[0]!, "after");
    await eventually(
      () => far.messages().length,
      (count) => count === 5,
    );
    await far.stop();
  }, 90_000);

  it("when one is stopped, the other has its hubs at once", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const near = await bob[0]!.listen();
    await near.waitFor("ready");
    await servers[0]!.stop();
    await near.ended;
    await send(alice[1]!, bob[1]!, "while away");
    const again = await bob[1]!.listen({ lastEventId: near.lastEventId() });
    await again.waitFor("message");
    expect(again.named("reset")).toEqual([]);
    await again.close();
    await servers[0]!.restart();
  }, 60_000);

  it("when Redis begins anew, people are told to read again and chat on [RESUME-2]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const followers = await Promise.all([follow(bob[0]!), follow(bob[1]!)]);
    await send(alice[0]!, bob[0]!, "before");
    await redis.kill();
    await send(alice[1]!, bob[1]!, "meanwhile");
    await redis.start();
    for (const each of followers) {
      await eventually(
        () => each.events().some(({ event }) => event === "reset"),
        (isReset) => isReset,
      );
    }
    await send(alice[0]!, bob[0]!, "after");
    for (const each of followers) {
      const texts = await eventually(
        () => each.messages().map(({ message }) => message),
        (seen) => seen.includes("after"),
      );
      expect(texts.filter((text) => text === "after")).toHaveLength(1);
      await each.stop();
    }
  }, 90_000);
});
