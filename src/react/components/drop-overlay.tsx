import { useStrings } from "../strings.ts";
import { Icon } from "./icon.tsx";

/** Says over the whole chat that files may be let go here. */
export function DropOverlay() {
  const strings = useStrings();
  return (
    <div className="parley-drop">
      <span>
        <Icon name="upload" />
        {strings.dropFiles}
      </span>
    </div>
  );
}
