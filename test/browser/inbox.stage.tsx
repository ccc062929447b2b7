import { StrictMode, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import {
  ChatButton,
  ChatModal,
  ChatProvider,
  ConversationsList,
  Inbox,
  useSSE,
  type ChatButtonSize,
  type ChatButtonVariant,
  type SSEEvent,
} from "../../src/react/index.ts";
import { createSampleChat, sampleUser, type SampleChat } from "../support/sample-chat-client.ts";
import { fillSample } from "../support/sample-people.ts";

declare global {
  interface Window {
    sample: SampleChat;
    selected: number[];
    heard: SSEEvent[];
  }
}

const query = new URLSearchParams(location.search);
const sample = createSampleChat(sampleUser(1, "Alice Adams"));
if (!query.has("bare")) fillSample(sample);
window.sample = sample;
window.selected = [];
window.heard = [];

const bob = { id: 2, name: "Bob Baker" };
const variants: ChatButtonVariant[] = ["primary", "secondary", "success", "dark", "outline"];
const sizes: ChatButtonSize[] = ["small", "normal", "large"];

function Buttons() {
  return (
    <main style={{ display: "grid", gap: "1.25rem", padding: "2rem" }}>
      <h1>Buttons</h1>
      {sizes.map((size) => (
        <p key={size} style={{ display: "flex", flexWrap: "wrap", gap: "1rem", margin: 0 }}>
          {variants.map((variant) => (
            <ChatButton
              key={variant}
              user={bob}
              buttonText="Send Message"
              variant={variant}
              size={size}
            />
          ))}
          <ChatButton user={{ id: 1, name: "Alice Adams" }} size={size} />
        </p>
      ))}
    </main>
  );
}

function Modal() {
  const [isOpen, setIsOpen] = useState(query.has("open"));
  return (
    <main style={{ padding: "2rem", height: "200vh" }}>
      <h1>Team</h1>
      <button type="button" onClick={() => setIsOpen(true)}>
        Start Chat
      </button>
      <button type="button">Another</button>
      <ChatModal
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        recipientUser={query.has("nobody") ? null : bob}
      />
    </main>
  );
}

function Listening() {
  const [enabled, setEnabled] = useState(true);
  const [drawn, setDrawn] = useState(0);
  const { isConnected, error, reconnect } = useSSE((event) => window.heard.push(event), enabled);
  return (
    <main>
      <h1>Events</h1>
      <output>{JSON.stringify({ isConnected, error, drawn })}</output>
      <button type="button" onClick={() => setDrawn(drawn + 1)}>
        Draw
      </button>
      <button type="button" onClick={() => setEnabled(!enabled)}>
        Switch
      </button>
      <button type="button" onClick={reconnect}>
        Reconnect
      </button>
    </main>
  );
}

function List() {
  const [selected, setSelected] = useState<number | null>(null);
  return (
    <main>
      <ConversationsList
        selectedUserId={selected}
        onSelectConversation={(user) => {
          window.selected.push(user.id);
          setSelected(user.id);
        }}
      />
    </main>
  );
}

const scenes: Record<string, () => ReactNode> = {
  list: () => <List />,
  inbox: () => (
    <main>
      <Inbox />
    </main>
  ),
  buttons: () => <Buttons />,
  modal: () => <Modal />,
  events: () => <Listening />,
};

const theme = query.get("theme");
const root = document.querySelector("#root");
const scene = scenes[query.get("scene") ?? "list"];
if (theme === "dark") {
  document.documentElement.style.colorScheme = "dark";
  document.body.style.background = "#15181d";
}
if (root && scene) {
  createRoot(root).render(
    <StrictMode>
      <ChatProvider
        client={sample.client}
        theme={theme === "dark" || theme === "system" ? theme : "light"}
        bubble={query.get("bubble") === "square" ? "square" : "round"}
        dir={query.get("dir") === "rtl" ? "rtl" : "ltr"}
        locale={query.get("locale") ?? "en-US"}
        timeZone="UTC"
      >
        {scene()}
      </ChatProvider>
    </StrictMode>,
  );
}
