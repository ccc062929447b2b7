import { useEffect, useRef, useState } from "react";
import { ChatWindow } from "../../react/components/chat-window.tsx";
import { nameOf } from "../accounts.ts";
import type { Account } from "../accounts.ts";
import { isDemoPerson } from "../demo-people.ts";
import { chatLink } from "../route.ts";

interface SplitViewProps {
  account: Account;
  /** Null until they are known. */
  people: Account[] | null;
}

/** One's own end of a chat, and the other end in a frame where somebody else is signed in. */
export function SplitView({ account, people }: SplitViewProps) {
  const { ref, wasSeen } = useWasSeen();
  if (people === null || !wasSeen) return <div className="demo-split" ref={ref} />;
  const partner = people.find(({ username }) => isDemoPerson(username)) ?? people[0];
  const other = partner && isDemoPerson(partner.username) ? partner.username : "guest";
  return (
    <div className="demo-split">
      <figure>
        <figcaption>You, {nameOf(account)}</figcaption>
        <div className="demo-split-end">
          {partner ? (
            <ChatWindow otherUser={partner} />
          ) : (
            <p>Sign somebody up on the other side.</p>
          )}
        </div>
      </figure>
      <figure>
        <figcaption>
          {partner ? nameOf(partner) : "Somebody else"}, in a window of their own
        </figcaption>
        <iframe
          className="demo-split-end"
          title="The other end of the chat"
          src={`/?as=${other}${chatLink(account.id)}`}
        />
      </figure>
    </div>
  );
}

/** Whether the element was scrolled into view: what nobody looks at reads no messages and signs nobody in. */
function useWasSeen() {
  const ref = useRef<HTMLDivElement>(null);
  const [wasSeen, setWasSeen] = useState(false);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setWasSeen(true);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, wasSeen };
}
