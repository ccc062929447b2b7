import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useStrings } from "../strings.ts";
import { IconButton } from "./icon-button.tsx";

const EmojiPicker = lazy(async () => ({
  default: (await import("./emoji-picker.tsx")).EmojiPicker,
}));

export interface EmojiButtonProps {
  onPick: (emoji: string) => void;
  /** The picker is gone: the focus may go back to the text. */
  onClose: () => void;
}

/** Opens the picker above itself; it stays open until Escape or a click elsewhere. */
export function EmojiButton({ onPick, onClose }: EmojiButtonProps) {
  const strings = useStrings();
  const [isOpen, setIsOpen] = useState(false);
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const close = ({ target }: PointerEvent) => {
      if (target instanceof Node && !area.current?.contains(target)) setIsOpen(false);
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, [isOpen]);
  return (
    <div
      ref={area}
      className="parley-emoji-area"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        // A dialog around must not take it for its own.
        event.preventDefault();
        event.stopPropagation();
        setIsOpen(false);
        onClose();
      }}
    >
      <IconButton
        icon="emoji"
        label={strings.emoji}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      />
      {isOpen && (
        <Suspense fallback={null}>
          <EmojiPicker onPick={onPick} />
        </Suspense>
      )}
    </div>
  );
}
