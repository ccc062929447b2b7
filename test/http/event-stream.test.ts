import { expect, test } from "vitest";
import { createEventStream } from "../../src/http/event-stream.ts";
import type { Ports } from "../../src/ports/index.ts";
import type { DurableEvent } from "../../src/protocol/event.ts";
import { defaultLimits } from "../../src/protocol/limits.ts";
import { createHubListener } from "../../src/usecases/hub-listener.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { alice, bob, sampleMessage } from "../support/sample.ts";

const start = Date.UTC(2026, 0, 9);

/** Bob's stream, and up to which event it says that everything was written. */
function createStream() {
  const clock = createManualClock(start);
  const listener = createHubListener();
  const acknowledged: number[] = [];
  const ports = {
    clock,
    config: { limits: defaultLimits },
    log: { info: () => undefined, error: () => undefined },
  } as unknown as Ports;
  createEventStream(ports, {
    stream: {
      userId: bob.id,
      expiresAt: start / 1_000 + 3_600,
      connection: {
        onFrame: (hear) => listener.onFrame(hear),
        onClose: (hear) => listener.onClose(hear),
        acknowledge: (number) => void acknowledged.push(number),
        ping: () => undefined,
        close: () => undefined,
      },
    },
    context: { linkTo: () => "" },
    openOutlet: () => ({
      body: new ReadableStream(),
      write: async () => undefined,
      end: async () => undefined,
      abort: () => undefined,
    }),
  });
  let number = 0;
  return {
    acknowledged,
    async write(event: DurableEvent) {
      number += 1;
      listener.hear({ kind: "event", id: `e-${number}`, event });
      await new Promise(setImmediate);
      clock.advance(100);
    },
  };
}

const notification: DurableEvent = {
  type: "notification",
  id: "n",
  title: "",
  message: "",
  notificationType: "notice",
  data: {},
  createdAt: new Date(start).toISOString(),
};

test("what may fill the window is acknowledged at once, however little it is [FLOW-1]", async () => {
  const { write, acknowledged } = createStream();
  await write(notification);
  await write({ type: "message", message: { ...sampleMessage(1), sender: alice, receiver: bob } });
  expect(acknowledged).toEqual([1, 2]);
});

test("one's own messages are acknowledged a few at a time [FLOW-1]", async () => {
  const { write, acknowledged } = createStream();
  for (let seq = 1; seq <= 16; seq += 1)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await write({
      type: "message",
      message: { ...sampleMessage(seq), sender: bob, receiver: alice },
    });
  expect(acknowledged).toEqual([8, 16]);
});
