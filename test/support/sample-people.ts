import type { ConversationRow } from "../../src/client/conversations.ts";
import {
  sampleConversation,
  sampleMessage,
  sampleUser,
  type SampleChat,
} from "./sample-chat-client.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const sampleNames = [
  "Bob Baker",
  "Carol Chen",
  "Dieter Müller",
  "Elif Yılmaz",
  "فاطمة الزهراء",
  "Greta Andersson-Lindqvist of the Customer Success Team",
  "Hiro Tanaka",
  "Isabel Ortiz",
  "Jamal Wright",
  "Katya Petrova",
];

function describe(index: number, now: number): Partial<ConversationRow> {
  const at = (past: number) => ({ last_message_at: new Date(now - past).toISOString() });
  const some: Partial<ConversationRow>[] = [
    { ...at(2 * minute), last_message: "Perfect, see you at the station then!", unread_count: 2 },
    { ...at(40 * minute), last_message: "Did the contract arrive?", is_typing: true },
    {
      ...at(26 * hour),
      last_message: "Danke, ich schaue es mir heute Abend an und melde mich",
      last_message_by_me: true,
    },
    { ...at(2 * day), last_message: "", unread_count: 1 },
    { ...at(3 * day), last_message: "مرحبا، هل يمكننا التحدث غدا؟", unread_count: 128 },
    {
      ...at(5 * day),
      last_message: "Here is the summary that I promised, with all the numbers of the quarter",
    },
    { ...at(9 * day), last_message: "👍", last_message_by_me: true },
    { ...at(40 * day), last_message: "Thanks!" },
    { ...at(200 * day), last_message: "Happy new year" },
    { ...at(500 * day), last_message: "https://example.com/a/very/long/link/that/goes/on/and/on" },
  ];
  return some[index] ?? {};
}

/** An inbox as people have it: unread ones, somebody typing, long names, several scripts, old ones. */
export function fillSample(sample: SampleChat, now: number = Date.now()): void {
  const me = sample.viewer.get() ?? sampleUser(1, "Alice Adams");
  const people = sampleNames.map((name, index) =>
    sampleUser(index + 2, name, { is_online: index % 3 === 0 }),
  );
  const rows = people.map((person, index) => sampleConversation(person, describe(index, now)));
  const totalUnread = rows.reduce((sum, row) => sum + row.unread_count, 0);
  sample.conversations.set({ ...sample.conversations.get(), rows, totalUnread });
  for (const person of people) {
    sample.user(person.id).set(person);
    const thread = sample.thread(person.id);
    const talk = [
      {
        from: me,
        to: person,
        mine: true,
        message: "Hi, shall we take the early train?",
        status: "read" as const,
      },
      { from: person, to: me, mine: false, message: "Yes, the one at 8:15. I will bring coffee." },
      { from: person, to: me, mine: false, message: "Perfect, see you at the station then!" },
    ];
    const messages = talk.map((each, index) =>
      sampleMessage({
        id: person.id * 100 + index,
        timestamp: new Date(now - (10 - index) * minute).toISOString(),
        ...each,
      }),
    );
    thread.set({ ...thread.get(), otherUser: person, messages });
  }
}
