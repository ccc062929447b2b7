import type { ChatAPI } from "./chat-api.ts";

const most = 500;
const underWay = new Set<Promise<void>>();
const answered = new Set<number>();

/** The same functions, but what they send can be known again when it comes back as an event. */
export function noteSends(api: ChatAPI): ChatAPI {
  return {
    ...api,
    sendMessage(...message) {
      const sending = api.sendMessage(...message);
      const noted = sending.then(
        ({ data }) => note(data.id),
        () => {},
      );
      underWay.add(noted);
      void noted.then(() => underWay.delete(noted));
      return sending;
    },
  };
}

function note(id: number): void {
  answered.add(id);
  const [oldest] = answered;
  if (answered.size > most && oldest !== undefined) answered.delete(oldest);
}

/** Whether this page sent the message by `chatAPI`, and so has it as the answer; waits for what is on its way. */
export async function wasSentHere(messageId: number): Promise<boolean> {
  await Promise.all(underWay);
  return answered.has(messageId);
}
