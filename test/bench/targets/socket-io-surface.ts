import { indexInBytes, textOf } from "../surface.ts";
import type { LineEvents, Surface } from "../surface.ts";
import { openRawSocket } from "../wire/web-socket.ts";
import type { RawSocket } from "../wire/web-socket.ts";

/** Socket.IO's own framing, over a WebSocket from the start. */
export const socketIoSurface: Surface = {
  name: "socket.io",
  async open(url, { token }, events) {
    const address = `${url.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`;
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    const socket: RawSocket = await openRawSocket(address, {
      onText(payload) {
        const kind = payload.toString("latin1", 0, 2);
        if (kind === "42") events.delivered(indexInBytes(payload));
        else if (kind === "43") answer(payload, events);
        else if (kind === "2") socket.send("3");
        else if (kind === "40") resolve();
        else if (kind === "44") reject(new Error(payload.toString()));
      },
      onClose: (why) => events.closed(why),
    });
    socket.send(`40${JSON.stringify({ token })}`);
    await ready;
    return {
      send: (index, to) => socket.send(`42${index}["send",{"to":${to},"text":"${textOf(index)}"}]`),
      close: () => socket.close(),
    };
  },
};

/** `43`, the number of the request, and what it was answered. */
function answer(payload: Buffer, events: LineEvents): void {
  const text = payload.toString("latin1");
  const index = Number.parseInt(text.slice(2), 10);
  const code = /"error":"([^"]*)"/.exec(text)?.[1];
  if (code === undefined) events.acknowledged(index);
  else events.refused(index, code);
}
