import { forwardRef, type ClipboardEvent, type KeyboardEvent } from "react";
import { useStrings } from "../strings.ts";

export interface ComposerInputProps {
  text: string;
  onText: (text: string) => void;
  onFiles: (files: File[]) => void;
  onSubmit: () => void;
}

/** While an input method is choosing characters, Enter is its own; 229 is how old browsers say so. */
function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || keyCode === 229;
}

/** The text field: it grows with its text, sends on Enter and takes pasted files. */
export const ComposerInput = forwardRef<HTMLTextAreaElement, ComposerInputProps>(
  function ComposerInput({ text, onText, onFiles, onSubmit }, ref) {
    const strings = useStrings();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      onSubmit();
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...event.clipboardData.files];
      // A copied table or paragraph comes with a picture of itself; its text is what was meant.
      if (files.length === 0 || event.clipboardData.getData("text/plain") !== "") return;
      event.preventDefault();
      onFiles(files);
    };
    return (
      <div className="parley-grow" data-text={`${text} `}>
        <textarea
          ref={ref}
          className="message-input"
          rows={1}
          dir="auto"
          value={text}
          placeholder={strings.writeMessage}
          aria-label={strings.writeMessage}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      </div>
    );
  },
);
