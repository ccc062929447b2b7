import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { Avatar } from "../../react/components/avatar.tsx";
import { nameOf } from "../accounts.ts";
import { signOut } from "../session.ts";
import type { SignedIn } from "../session.ts";
import { Glyph } from "./glyph.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

/** Who one is, how the page looks, and the way out. */
export function PersonMenu({ signedIn: { account } }: { signedIn: SignedIn }) {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useDismissal(root, isOpen, () => setIsOpen(false));
  return (
    <div className="demo-menu" ref={root}>
      <button
        type="button"
        className="demo-menu-button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span aria-hidden="true">
          <Avatar person={account} size={36} />
        </span>
        <span className="demo-hidden">Signed in as {nameOf(account)}</span>
      </button>
      {isOpen && (
        <div className="demo-menu-panel">
          <div className="demo-menu-person">
            <Avatar person={account} size={44} />
            <span>
              <strong>{nameOf(account)}</strong>
              <small>@{account.username}</small>
            </span>
          </div>
          <div className="demo-menu-row">
            <span>Theme</span>
            <ThemeSwitch />
          </div>
          <a href="/api/docs/" className="demo-menu-item">
            <Glyph name="key" />
            API
          </a>
          <button type="button" className="demo-menu-item" onClick={() => void signOut()}>
            <Glyph name="out" />
            Sign out
          </button>
        </div>
      )}
    </div>
  );
}

/** Closes at Escape, and at a press anywhere else. */
function useDismissal(
  root: RefObject<HTMLElement | null>,
  isOpen: boolean,
  close: () => void,
): void {
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      close();
      root.current?.querySelector("button")?.focus();
    };
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) close();
    };
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", onPress);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", onPress);
    };
  }, [isOpen]);
}
