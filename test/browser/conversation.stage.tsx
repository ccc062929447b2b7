import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { ChatUser } from "../../src/client/chat-user.ts";
import type { MessageRow } from "../../src/client/message-row.ts";
import { ChatProvider } from "../../src/react/chat-provider.tsx";
import { ChatWindow } from "../../src/react/components/chat-window.tsx";
import type { RenderMessage } from "../../src/react/components/message-row.tsx";
import { createSampleChat, sampleMessage, sampleUser } from "../support/sample-chat-client.ts";
import type { SampleChat } from "../support/sample-chat-client.ts";
import { sampleScene } from "../support/sample-scene.ts";

const query = new URLSearchParams(location.search);
const alice = sampleUser(1, "Alice Moreau");
const bob = sampleUser(2, "Bob Okafor", { is_online: true });

/** Messages numbered from..to, each third one Alice's own. */
function numbered(from: number, to: number): MessageRow[] {
  return Array.from({ length: to - from + 1 }, (_row, index) => {
    const id = from + index;
    const mine = id % 3 === 0;
    return sampleMessage({
      id,
      key: `m${id}`,
      from: mine ? alice : bob,
      to: mine ? bob : alice,
      mine,
      message: `Message ${id} ${"and some more words ".repeat(id % 7)}`.trim(),
      timestamp: new Date(Date.UTC(2026, 2, 3, 8) + id * 90_000).toISOString(),
    });
  });
}

export interface ConversationStage {
  chat: SampleChat;
  numbered: typeof numbered;
  /** Shows the chat with someone else in the same place. */
  show(person: ChatUser): void;
  change(state: Partial<ReturnType<ReturnType<SampleChat["thread"]>["get"]>>): void;
}

declare global {
  interface Window {
    stage: ConversationStage;
  }
}

const chat = createSampleChat(alice);
const thread = chat.thread(bob.id);
window.stage = {
  chat,
  numbered,
  show: (person) => draw(person),
  change: (state) => thread.set({ ...thread.get(), ...state }),
};

chat.user(bob.id).set(bob);
const count = Number(query.get("count") ?? 0);
const unread = Number(query.get("unread") ?? 0);
const messages = query.has("scene")
  ? sampleScene({ me: alice, other: bob, now: Date.now() })
  : numbered(1, count);
window.stage.change({
  otherUser: bob,
  messages,
  loading: query.has("loading"),
  hasOlder: query.has("older"),
  unreadCount: unread,
  firstUnread: unread > 0 ? (messages.at(-unread)?.key ?? null) : null,
  isTyping: query.has("typing"),
});

const renderMarked: RenderMessage = ({ key }, standard) => (
  <>
    <mark>{key}</mark>
    {standard}
  </>
);

const root = createRoot(document.querySelector("#root") ?? document.body);

function draw(person: ChatUser): void {
  root.render(
    <StrictMode>
      <ChatProvider
        client={chat.client}
        locale={query.get("locale") ?? "en-US"}
        timeZone="UTC"
        theme={query.get("theme") === "dark" ? "dark" : "light"}
        dir={query.get("dir") === "rtl" ? "rtl" : undefined}
      >
        <ChatWindow
          otherUser={person}
          currentUser={alice}
          autoFocus={query.has("focus")}
          renderMessage={query.has("custom") ? renderMarked : undefined}
        />
      </ChatProvider>
    </StrictMode>,
  );
}

draw(bob);
