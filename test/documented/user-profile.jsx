// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import ChatButton from "../../src/react/entries/chat-button.ts";

export default function UserProfile({ user }) {
  return (
    <div>
      <h2>{user.name}</h2>
      <ChatButton user={user} buttonText="Send Message" variant="primary" />
    </div>
  );
}
