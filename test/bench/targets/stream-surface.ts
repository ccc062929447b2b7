import { communication } from "../../support/people.ts";
import { indexInText, textOf } from "../surface.ts";
import type { Surface } from "../surface.ts";
import { openRawStream } from "../wire/event-stream.ts";
import { createHttpSender } from "../wire/http-sender.ts";

/** Server-sent events to listen, for both; REST to send. */
export const streamSurface: Surface = {
  name: "sse",
  async open(url, { token, role }, events) {
    const headers = { Authorization: `Bearer ${token}` };
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const stream = await openRawStream(
      { url, path: `${communication}/sse/events/`, headers },
      {
        onEvent(block) {
          if (block.includes("event: ready\n")) resolve();
          else if (role === "receiver" && block.includes("event: message\n")) {
            events.delivered(indexInText(block));
          }
        },
        onClose: (why) => events.closed(why),
      },
    );
    await ready;
    const sender = createHttpSender({ url, path: `${communication}/chats/`, headers });
    return {
      send(index, to) {
        const text = textOf(index);
        const body = `{"receiver_id":${to},"message":"${text}","client_id":"${index}"}`;
        const isSent = sender.post(body, (answer) => {
          if (answer?.status === 201) events.acknowledged(index);
          else events.refused(index, answer ? String(answer.status) : "broken");
        });
        if (!isSent) events.refused(index, "never sent: six are under way");
      },
      close() {
        stream.close();
        sender.close();
      },
    };
  },
};
