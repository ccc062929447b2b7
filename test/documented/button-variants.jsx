// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import ChatButton from "../../src/react/entries/chat-button.ts";

export default function ButtonVariants() {
  return (
    <>
      <ChatButton variant="primary" />
      <ChatButton variant="secondary" />
      <ChatButton variant="success" />
      <ChatButton variant="dark" />
      <ChatButton variant="outline" />
    </>
  );
}
