// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import ChatButton from "../../src/react/entries/chat-button.ts";

export default function UserCard({ user, FollowButton }) {
  return (
    <div className="user-card">
      <img src={user.avatar} alt={user.name} />
      <h3>{user.name}</h3>
      <div className="actions">
        <FollowButton user={user} />
        <ChatButton user={user} variant="secondary" />
      </div>
    </div>
  );
}
