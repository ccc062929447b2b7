import type { Writable } from "../../client/readable.ts";
import { removeFile, type Draft, type DraftFile } from "../draft.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { FileBadge } from "./file-badge.tsx";
import { Icon } from "./icon.tsx";

export interface ComposerFilesProps {
  draft: Writable<Draft>;
  files: readonly DraftFile[];
}

/** The files that go with the next message. */
export function ComposerFiles({ draft, files }: ComposerFilesProps) {
  if (files.length === 0) return null;
  return (
    <ul className="parley-draft-files">
      {files.map((file) => (
        <DraftFileItem key={file.key} file={file} onRemove={() => removeFile(draft, file.key)} />
      ))}
    </ul>
  );
}

function DraftFileItem({ file, onRemove }: { file: DraftFile; onRemove: () => void }) {
  const strings = useStrings();
  const format = useFormat();
  const { name, size } = file.file;
  return (
    <li className="parley-draft-file">
      {file.preview ? <img src={file.preview} alt="" /> : <FileBadge name={name} />}
      <span className="parley-file-label">
        <bdi className="parley-file-name" title={name}>
          {name}
        </bdi>
        <span className="parley-file-size" dir="auto">
          {format.fileSize(size)}
        </span>
      </span>
      <button
        type="button"
        aria-label={strings.removeFile(name)}
        title={strings.removeFile(name)}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
