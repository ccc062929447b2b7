import { useRef } from "react";
import { useStrings } from "../strings.ts";
import { IconButton } from "./icon-button.tsx";

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const strings = useStrings();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon="attach" label={strings.attachFile} onClick={() => input.current?.click()} />
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
