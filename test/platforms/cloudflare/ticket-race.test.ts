import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createPorts } from "../../../src/platforms/cloudflare/ports.ts";
import worker from "../../../src/platforms/cloudflare/worker.ts";

const { hubs, issuer, users } = createPorts(env, "worker");
const inTenMinutes = (): number => Math.floor(Date.now() / 1_000) + 600;

it("a ticket that is used twice at once is good once, in 1,000 tries [AUTH-2]", async () => {
  const wins: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const tries = Array.from({ length: 20 }, async (_, index) => {
      const use = () => hubs.redeemTicket(90_000 + index, `ticket-${round}`, inTenMinutes());
      return (await Promise.all([use(), use()])).filter(Boolean).length;
    });
    wins.push(...(await Promise.all(tries)));
  }
  expect(wins).toEqual(Array.from({ length: 1_000 }, () => 1));
}, 120_000);

it("of a stream and two sockets that come with one ticket, one is let in [AUTH-2] [WS-1]", async () => {
  const profile = { externalId: "racer", username: "racer", fullName: "", avatar: null };
  const person = await users.ensureUser(profile);
  const headers = { Upgrade: "websocket", Accept: "application/problem+json" };
  for (let round = 0; round < 10; round += 1) {
    const ticket = await issuer.issueTicket(person, inTenMinutes());
    const paths = ["/api/v1/communication/sse/events/", "/ws/chat/", "/ws/messaging/"];
    const answers = await Promise.all(
      paths.map((path) =>
        worker.fetch(new Request(`http://parley.test${path}?ticket=${ticket}`, { headers })),
      ),
    );
    for (const { body, webSocket } of answers) {
      webSocket?.accept();
      webSocket?.close(1000);
      await body?.cancel();
    }
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status < 300)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(2);
  }
});
