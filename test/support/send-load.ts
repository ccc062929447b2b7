import type { ReceivedMessage } from "./follower.ts";
import type { ChatPerson } from "./people.ts";

/** One message that somebody wants to have sent, with the key it keeps through every retry. */
export interface Send {
  from: ChatPerson;
  to: ChatPerson;
  key: string;
}

export interface SendAnswer {
  send: Send;
  status: number;
  /** The answer's bytes. */
  text: string;
  ms: number;
}

/** Numbers that look random and are the same in every run. */
export function createDice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Sends between people picked at random, never to oneself. */
export function planSends(people: ChatPerson[], count: number, prefix: string): Send[] {
  const dice = createDice(count + prefix.length);
  return Array.from({ length: count }, (_, index) => {
    const sender = dice(people.length);
    const receiver = (sender + 1 + dice(people.length - 1)) % people.length;
    const [from, to] = [people[sender], people[receiver]];
    if (!from || !to) throw new Error("nobody to send");
    return { from, to, key: `${prefix}-${index}` };
  });
}

export async function sendOnce(send: Send): Promise<SendAnswer> {
  const started = performance.now();
  const body = { receiver_id: send.to.id, message: `text of ${send.key}`, client_id: send.key };
  const response = await send.from.call("chats/", { body });
  const text = await response.text();
  return { send, status: response.status, text, ms: performance.now() - started };
}

export function messageOf({ text }: SendAnswer): ReceivedMessage {
  return JSON.parse(text) as ReceivedMessage;
}

/** Works through the list with so many clients at once. */
export async function inParallel<T, R>(
  clients: number,
  items: T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  async function client(): Promise<void> {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item, index);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return results;
}

export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
