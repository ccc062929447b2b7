import { ChatProvider } from "parley/react";
import ChatButton from "parley/react/ChatButton";
import "parley/react/styles.css";
import { createRoot } from "react-dom/client";

const { searchParams } = new URL(location.href);
const bob = { id: Number(searchParams.get("to")), name: "Bob" };
const url = searchParams.get("chat") ?? "";

createRoot(document.body.appendChild(document.createElement("main"))).render(
  <ChatProvider url={url} getToken={() => searchParams.get("token")}>
    <h1>A shop that is not ours</h1>
    <ChatButton user={bob} buttonText="Ask Bob" />
  </ChatProvider>,
);
