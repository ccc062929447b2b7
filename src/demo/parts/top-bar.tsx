import { useState } from "react";
import { ConnectionStatus } from "../../react/components/connection-status.tsx";
import { UnreadBadge } from "../../react/components/unread-badge.tsx";
import { useReadable } from "../../react/use-readable.ts";
import { nameOf } from "../accounts.ts";
import { frameName } from "../session.ts";
import type { SignedIn } from "../session.ts";
import { FindPeople } from "./find-people.tsx";
import { Glyph } from "./glyph.tsx";
import { Logo } from "./logo.tsx";
import { PersonMenu } from "./person-menu.tsx";

interface TopBarProps {
  signedIn: SignedIn;
  page: "inbox" | "tour";
}

export function TopBar({ signedIn, page }: TopBarProps) {
  const [isFinding, setIsFinding] = useState(false);
  const unread = useReadable(signedIn.client.totalUnread);
  return (
    <header className="demo-bar">
      {frameName === null ? (
        <>
          <a href="#/" className="demo-home" aria-label="Parley, to the inbox">
            <Logo />
          </a>
          <nav aria-label="Pages">
            <a href="#/" aria-current={page === "inbox" ? "page" : undefined}>
              <Glyph name="inbox" />
              <span>Inbox</span>
              <span className="parley">
                <UnreadBadge count={unread} />
              </span>
            </a>
            <a href="#/chat-demo" aria-current={page === "tour" ? "page" : undefined}>
              <Glyph name="compass" />
              <span>Tour</span>
            </a>
          </nav>
        </>
      ) : (
        <strong className="demo-frame-name">{nameOf(signedIn.account)}</strong>
      )}
      <div className="demo-bar-end">
        <div className="parley demo-status demo-bar-status">
          <ConnectionStatus />
        </div>
        {frameName === null && (
          <button type="button" className="demo-compose" onClick={() => setIsFinding(true)}>
            <Glyph name="compose" />
            <span>New message</span>
          </button>
        )}
        <PersonMenu signedIn={signedIn} />
      </div>
      {isFinding && <FindPeople token={signedIn.token} onClose={() => setIsFinding(false)} />}
    </header>
  );
}
