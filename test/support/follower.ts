import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "./people.ts";
import type { EventReader, ServerSentEvent } from "./sse-client.ts";

/** A client that comes back whenever its stream ends, as EventSource does: from the last id that it has seen. */
export interface Follower {
  readonly person: ChatPerson;
  /** Everything that came over all its streams, in order. */
  events(): ServerSentEvent[];
  messages(): ReceivedMessage[];
  /** How many streams it has had. */
  streams(): number;
  stop(): Promise<void>;
}

export interface ReceivedMessage {
  id: number;
  seq: number;
  conversation: number;
  sender: number;
  receiver: number;
  message: string;
  client_id: string | null;
}

const pauseMs = 100;

/** Resolves once the first stream is ready. */
export async function follow(person: ChatPerson): Promise<Follower> {
  const readers: EventReader[] = [];
  const stopping = new AbortController();

  async function open(): Promise<EventReader | null> {
    const lastEventId = readers.findLast((each) => each.lastEventId())?.lastEventId() ?? null;
    return person.listen({ lastEventId }).catch(() => null);
  }

  async function run(first: EventReader): Promise<void> {
    let reader: EventReader | null = first;
    while (!stopping.signal.aborted) {
      if (reader) {
        readers.push(reader);
        await reader.ended;
      }
      if (stopping.signal.aborted) return;
      await pause(pauseMs);
      reader = await open();
    }
  }

  const first = await person.listen();
  const running = run(first);
  await first.waitFor("ready");
  return {
    person,
    events: () => readers.flatMap((reader) => reader.events),
    messages: () =>
      readers
        .flatMap((reader) => reader.named("message"))
        .map(({ data }) => data as unknown as ReceivedMessage),
    streams: () => readers.length,
    async stop() {
      stopping.abort();
      await readers.at(-1)?.close();
      await running;
    },
  };
}

/** What a follower may never see: an id twice, a number left out, a message twice or out of order. Empty when all is well. */
export function faultsOf(follower: Follower): string[] {
  return [...logFaults(follower.events()), ...messageFaults(follower.messages())];
}

/** The log's numbers go up by one from the first on; `ready` repeats the newest. */
function logFaults(events: ServerSentEvent[]): string[] {
  const faults: string[] = [];
  let last: string | null = null;
  for (const { id, event } of events) {
    if (event === "reset") faults.push("the log was reset");
    if (id === null) continue;
    const expected: string = last === null ? id : event === "ready" ? last : following(last);
    if (id !== expected) faults.push(`${event} ${id} came where ${expected} was due`);
    last = id;
  }
  return faults;
}

function following(id: string): string {
  const [epoch, number] = id.split("-");
  return `${epoch}-${Number(number) + 1}`;
}

function messageFaults(messages: ReceivedMessage[]): string[] {
  const faults: string[] = [];
  const ids = new Set<number>();
  const seqs = new Map<number, number>();
  for (const { id, seq, conversation } of messages) {
    if (ids.has(id)) faults.push(`message ${id} came twice`);
    ids.add(id);
    const before = seqs.get(conversation);
    if (before !== undefined && seq !== before + 1) {
      faults.push(`seq ${seq} came after ${before} in conversation ${conversation}`);
    }
    seqs.set(conversation, seq);
  }
  return faults;
}
