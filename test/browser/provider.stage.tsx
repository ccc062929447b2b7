import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import {
  ChatProvider,
  ConversationsList,
  useConnection,
  useViewer,
} from "../../src/react/index.ts";

const query = new URLSearchParams(location.search);

function Standing() {
  const viewer = useViewer();
  const { status } = useConnection();
  return <output>{`${viewer?.full_name ?? "Nobody"} is ${status}`}</output>;
}

/** A page that draws its provider anew with each change, with a new function each time. */
function Page() {
  const [who, setWho] = useState("one");
  const [drawn, setDrawn] = useState(0);
  return (
    <>
      <button type="button" onClick={() => setDrawn(drawn + 1)}>
        Draw
      </button>
      <button type="button" onClick={() => setWho(who === "one" ? "two" : "one")}>
        Somebody else
      </button>
      <button type="button" onClick={() => setWho("nobody")}>
        Leave
      </button>
      {who !== "nobody" && (
        <ChatProvider
          key={who}
          url={query.get("server") ?? ""}
          getToken={() => query.get(who)}
          persist={false}
          renderAvatar={(person, size) => <b style={{ width: size }}>#{person.id}</b>}
        >
          <Standing />
          <ConversationsList onSelectConversation={() => {}} />
        </ChatProvider>
      )}
    </>
  );
}

const root = document.querySelector("#root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
