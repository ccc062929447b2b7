import { indexInBytes, textOf } from "../surface.ts";
import type { LineEvents, Surface } from "../surface.ts";
import { openRawSocket } from "../wire/web-socket.ts";
import type { RawSocket } from "../wire/web-socket.ts";

/** A client tells how far it has come every so often, or it is closed as one that never reads. */
const ackEvery = 32;
const typeAt = '{"type":"'.length;
const eventId = Buffer.from('"event_id":"');

/** `/ws/chat/`, for both to send and to listen. */
export const socketSurface: Surface = {
  name: "ws",
  async open(url, { token }, events) {
    const address = `${url.replace(/^http/, "ws")}/ws/chat/?token=${token}`;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const acknowledge = createAcknowledger((frame) => socket.send(frame));
    const socket: RawSocket = await openRawSocket(address, {
      onText(payload) {
        if (payload.subarray(typeAt, typeAt + 5).equals(readyType)) resolve();
        tell(payload, events);
        acknowledge(payload);
      },
      onClose: (why) => events.closed(why),
    });
    await ready;
    return {
      send(index, to) {
        const text = textOf(index);
        socket.send(
          `{"type":"message","recipient_id":${to},"text":"${text}","client_id":"${index}","ref":${index}}`,
        );
      },
      close: () => socket.close(),
    };
  },
};

const readyType = Buffer.from("ready");
const sentType = Buffer.from("message_sent");
const newType = Buffer.from("new_message");
const errorType = Buffer.from("error");

function tell(payload: Buffer, events: LineEvents): void {
  if (isType(payload, newType)) events.delivered(indexInBytes(payload));
  else if (isType(payload, sentType)) events.acknowledged(indexInBytes(payload));
  else if (isType(payload, errorType)) {
    const { ref, code } = JSON.parse(payload.toString()) as { ref?: number; code: string };
    events.refused(ref ?? -1, code);
  }
}

function isType(payload: Buffer, type: Buffer): boolean {
  return payload.compare(type, 0, type.length, typeAt, typeAt + type.length) === 0;
}

function createAcknowledger(send: (frame: string) => void): (payload: Buffer) => void {
  let count = 0;
  return (payload) => {
    // It is the last field.
    const at = payload.lastIndexOf(eventId);
    if (at < 0) return;
    count += 1;
    if (count % ackEvery !== 0) return;
    const id = payload.toString("latin1", at + eventId.length, payload.length - 2);
    send(`{"type":"ack","event_id":"${id}"}`);
  };
}
