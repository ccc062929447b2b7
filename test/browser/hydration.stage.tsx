import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import {
  ChatButton,
  ChatModal,
  ChatProvider,
  ConversationsList,
  Inbox,
} from "../../src/react/index.ts";

declare global {
  interface Window {
    recovered: string[];
  }
}

window.recovered = [];
const bob = { id: 2, full_name: "Bob Baker" };
const page = (
  <ChatProvider theme="dark" locale="de">
    <ChatButton user={bob} buttonText="Send Message" />
    <ConversationsList onSelectConversation={() => {}} />
    <Inbox selectedUser={bob} />
    <ChatModal isOpen onClose={() => {}} recipientUser={bob} />
  </ChatProvider>
);

const root = document.querySelector("#root");
if (root) {
  root.innerHTML = renderToString(page);
  hydrateRoot(root, page, {
    onRecoverableError: (error) => void window.recovered.push(String(error)),
  });
}
