import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

export interface ConversationsNoticeProps {
  icon: IconName;
  title: string;
  hint?: string | undefined;
  children?: ReactNode;
}

/** Stands where there is nothing to list. */
export function ConversationsNotice({ icon, title, hint, children }: ConversationsNoticeProps) {
  return (
    <div className="conversations-notice">
      <span className="conversations-notice-icon">
        <Icon name={icon} />
      </span>
      <p className="conversations-notice-title">{title}</p>
      {hint !== undefined && <p className="conversations-notice-hint">{hint}</p>}
      {children}
    </div>
  );
}
