import { useState } from "react";
import { Avatar } from "../../react/components/avatar.tsx";
import { ChatButton } from "../../react/components/chat-button.tsx";
import { nameOf } from "../accounts.ts";
import type { FoundPerson } from "../accounts.ts";

/** Somebody as a product shows them, with its own buttons beside the chat's. */
export function UserCard({ user }: { user: FoundPerson }) {
  return (
    <article className="demo-user-card">
      <Avatar person={user} size={64} />
      <h3>{nameOf(user)}</h3>
      <p>@{user.username}</p>
      <div className="demo-user-actions">
        <FollowButton name={nameOf(user)} />
        <ChatButton user={user} variant="secondary" />
      </div>
    </article>
  );
}

function FollowButton({ name }: { name: string }) {
  const [follows, setFollows] = useState(false);
  return (
    <button
      type="button"
      className="demo-secondary"
      aria-pressed={follows}
      aria-label={follows ? `Unfollow ${name}` : `Follow ${name}`}
      onClick={() => setFollows(!follows)}
    >
      {follows ? "Following" : "Follow"}
    </button>
  );
}
