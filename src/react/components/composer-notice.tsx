import { defaultLimits } from "../../protocol/limits.ts";
import { charactersLeft, type Draft } from "../draft.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";

/** From so few characters on, it is told how many are left. */
const nearEnd = 200;

/** Above the text field: the file that was not taken, and how much longer the text may get. */
export function ComposerNotice({ draft }: { draft: Draft }) {
  const strings = useStrings();
  const format = useFormat();
  const left = charactersLeft(draft.text);
  return (
    <>
      <div className="parley-refused" role="alert">
        {draft.refused && (
          <>
            <bdi>{draft.refused.name}</bdi>
            {": "}
            {draft.refused.reason === "empty"
              ? strings.fileEmpty
              : strings.fileTooLarge(format.fileSize(defaultLimits.attachmentBytes))}
          </>
        )}
      </div>
      {left <= nearEnd && (
        <div className="parley-counter" data-over={left < 0 || undefined} role="status">
          {left < 0
            ? strings.messageTooLong(defaultLimits.textCodePoints)
            : strings.charactersLeft(left)}
        </div>
      )}
    </>
  );
}
