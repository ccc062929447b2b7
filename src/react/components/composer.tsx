import { useEffect, useRef, type FormEvent } from "react";
import type { Thread } from "../../client/thread.ts";
import { addFiles, canSend, draftOf, sendDraft, setText } from "../draft.ts";
import { useStrings } from "../strings.ts";
import { useReadable } from "../use-readable.ts";
import { AttachButton } from "./attach-button.tsx";
import { ComposerFiles } from "./composer-files.tsx";
import { ComposerInput } from "./composer-input.tsx";
import { ComposerNotice } from "./composer-notice.tsx";
import { EmojiButton } from "./emoji-button.tsx";
import { Icon } from "./icon.tsx";

export interface ComposerProps {
  thread: Thread;
  autoFocus?: boolean | undefined;
}

/** Where a message is written. What was begun stays as long as the page is open, for each person. */
export function Composer({ thread, autoFocus = false }: ComposerProps) {
  const strings = useStrings();
  const draft = draftOf(thread);
  const now = useReadable(draft);
  const { input, insert } = useInsert(thread, now.text);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    sendDraft(thread);
    input.current?.focus();
  };
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus, input]);
  useEffect(() => () => thread.stopTyping(), [thread]);

  return (
    <form className="message-input-form" onSubmit={submit}>
      <ComposerNotice draft={now} />
      <ComposerFiles draft={draft} files={now.files} />
      <div className="parley-composer">
        <AttachButton onFiles={(files) => addFiles(draft, files)} />
        <ComposerInput
          ref={input}
          text={now.text}
          onText={(text) => {
            setText(draft, text);
            if (text === "") thread.stopTyping();
            else thread.typing();
          }}
          onFiles={(files) => addFiles(draft, files)}
          onSubmit={() => submit()}
        />
        <EmojiButton onPick={insert} onClose={() => input.current?.focus()} />
        <button
          type="submit"
          className="send-button"
          title={strings.send}
          aria-disabled={!canSend(now)}
          // The text keeps the focus, and a phone its keyboard.
          onMouseDown={(event) => event.preventDefault()}
        >
          <Icon name="send" />
          <span className="parley-hidden">{strings.send}</span>
        </button>
      </div>
    </form>
  );
}

/** Puts something where the cursor stands in the text field. */
function useInsert(thread: Thread, text: string) {
  const input = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  useEffect(() => {
    if (caret.current === null) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  const insert = (piece: string) => {
    const from = input.current?.selectionStart ?? text.length;
    const to = input.current?.selectionEnd ?? from;
    caret.current = from + piece.length;
    setText(draftOf(thread), text.slice(0, from) + piece + text.slice(to));
    thread.typing();
  };
  return { input, insert };
}
