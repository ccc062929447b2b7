import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import { ConversationRow } from "../../src/react/components/conversation-row.tsx";
import {
  Avatar,
  ChatButton,
  ChatModal,
  ChatProvider,
  ChatWindow,
  ConversationsList,
  Inbox,
  UnreadBadge,
  useSSE,
} from "../../src/react/index.ts";

const bob = { id: 2, full_name: "Bob Baker" };
const nothing = () => {};

function Listening() {
  const { isConnected, error } = useSSE(nothing);
  return <p>{JSON.stringify({ isConnected, error })}</p>;
}

const views: [string, ReactElement, string][] = [
  ["ChatButton", <ChatButton key="1" user={bob} buttonText="Send Message" />, "Send Message"],
  ["ChatModal", <ChatModal key="2" isOpen onClose={nothing} recipientUser={bob} />, ""],
  ["ChatWindow", <ChatWindow key="3" otherUser={bob} currentUser={{ id: 1 }} />, "Bob Baker"],
  ["ConversationsList", <ConversationsList key="4" onSelectConversation={nothing} />, "Messages"],
  ["Inbox", <Inbox key="5" selectedUser={bob} />, "Bob Baker"],
  ["Avatar", <Avatar key="6" person={bob} size={40} />, "BB"],
  ["UnreadBadge", <UnreadBadge key="7" count={120} />, "99+"],
  ["useSSE", <Listening key="8" />, "false"],
];

test("a row whose last message is not stored yet says so", () => {
  const row = {
    conversation_id: 1,
    other_user: { id: 2, username: "bob", full_name: "Bob", avatar: null, is_online: false },
    last_message: "Hello",
    last_message_at: "2026-01-09T10:00:00.000Z",
    last_message_by_me: true,
    unread_count: 0,
    is_typing: false,
  };
  const draw = (unsent: object) =>
    renderToString(
      <ConversationRow
        row={{ ...row, other_user: { ...row.other_user, last_seen: null }, ...unsent }}
        time=""
        selected={false}
        reachable
        onSelect={nothing}
      />,
    );
  expect(draw({ unsent: "sending" })).toContain('aria-label="Sending"');
  expect(draw({ unsent: "failed" })).toContain('aria-label="Not sent"');
  expect(draw({ unsent: "failed" })).toContain("You: Hello");
  expect(draw({})).not.toContain("parley-unsent");
});

describe("on a server", () => {
  test.each(views)("%s is drawn without a provider", (_name, view, text) => {
    const complaints = vi.spyOn(console, "error");
    const html = renderToString(view);
    expect(html).toContain(text);
    // A policy without 'unsafe-inline' would not let them count.
    expect(html).not.toContain("style=");
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test.each(views)(
    "%s is drawn for a client of its own, and none is opened",
    (_name, view, text) => {
      const getToken = vi.fn<() => string>(() => "token");
      const html = renderToString(
        <ChatProvider url="https://chat.example.com" getToken={getToken} theme="dark" locale="de">
          {view}
        </ChatProvider>,
      );
      expect(html).toContain(text);
      expect(getToken).not.toHaveBeenCalled();
    },
  );

  test("says the theme, the direction and the language on each outermost element", () => {
    const html = renderToString(
      <ChatProvider theme="dark" dir="rtl" locale="ar" bubble="square">
        <ConversationsList onSelectConversation={nothing} />
      </ChatProvider>,
    );
    expect(html).toContain(
      '<div class="parley conversations-list" data-parley-theme="dark" data-parley-bubble="square" dir="rtl" lang="ar">',
    );
  });

  test("a provider inside another changes only what it says", () => {
    const html = renderToString(
      <ChatProvider theme="dark" locale="de" strings={{ messages: "Nachrichten" }}>
        <ChatProvider theme="light" strings={{ searchConversations: "Suchen" }}>
          <ConversationsList onSelectConversation={nothing} />
        </ChatProvider>
      </ChatProvider>,
    );
    expect(html).toContain('data-parley-theme="light" lang="de"');
    expect(html).toContain("<h2>Nachrichten</h2>");
    expect(html).toContain('placeholder="Suchen"');
  });
});
