import { useRef } from "react";
import { useStrings } from "../strings.ts";
import { Icon } from "./icon.tsx";

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const strings = useStrings();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="parley-icon-button"
        aria-label={strings.attachFile}
        title={strings.attachFile}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file may be picked again after it was removed.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
