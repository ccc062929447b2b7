import type { ReactNode } from "react";
import type { MessageRow } from "../../client/message-row.ts";

/** What each kind of file is drawn from. */
export interface AttachmentProps {
  row: MessageRow;
  url: string;
  /** Shown over it while it goes up. */
  progress: ReactNode;
}
