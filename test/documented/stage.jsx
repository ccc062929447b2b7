import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { configureChat } from "../../src/client/index.ts";
import OurChatWindow from "../../src/react/entries/chat-window.ts";
import OurConversationsList from "../../src/react/entries/conversations-list.ts";
import ButtonVariants from "./button-variants.jsx";
import ChatWindow from "./chat-window.jsx";
import ConversationsList from "./conversations-list.jsx";
import CustomChat from "./custom-chat.jsx";
import UserCard from "./user-card.jsx";
import UserProfile from "./user-profile.jsx";

const query = new URLSearchParams(location.search);
configureChat({ url: query.get("server") ?? location.origin });

const me = { id: Number(query.get("me")), full_name: query.get("my-name") };
const other = { id: Number(query.get("other")), name: query.get("name") ?? "", avatar: "data:," };

function FollowButton() {
  return <button type="button">Follow</button>;
}

function ListThenWindow({ List, Window }) {
  const [chosen, setChosen] = useState(null);
  if (chosen) return <Window otherUser={chosen} currentUser={me} />;
  return <List onSelectConversation={setChosen} />;
}

const scenes = {
  usage: (
    <>
      <UserProfile user={other} />
      <UserCard user={other} FollowButton={FollowButton} />
      <CustomChat someUser={other} />
      <ButtonVariants />
    </>
  ),
  documented: <ListThenWindow List={ConversationsList} Window={ChatWindow} />,
  ours: <ListThenWindow List={OurConversationsList} Window={OurChatWindow} />,
};

const root = document.querySelector("#root");
const scene = scenes[query.get("scene") ?? "usage"];
if (root) createRoot(root).render(<StrictMode>{scene}</StrictMode>);
