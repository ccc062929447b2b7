import type { ChatUser } from "../../client/chat-user.ts";
import { personName } from "../person.ts";
import { useStrings } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { ConnectionStatus } from "./connection-status.tsx";
import { IconButton } from "./icon-button.tsx";
import { PresenceLabel } from "./presence-label.tsx";

export interface ChatHeaderProps {
  user: ChatUser;
  onBack?: (() => void) | undefined;
  onClose?: (() => void) | undefined;
}

/** Who the chat is with, whether they are there, and whether this page is connected. */
export function ChatHeader({ user, onBack, onClose }: ChatHeaderProps) {
  const strings = useStrings();
  return (
    <div className="chat-header">
      {onBack && <IconButton icon="back" label={strings.back} onClick={onBack} />}
      <div className="user-info">
        <Avatar person={user} size={40} />
        <div>
          <h3>
            <bdi>{personName(user)}</bdi>
          </h3>
          <div className="parley-presence">
            <PresenceLabel user={user} />
          </div>
        </div>
      </div>
      <ConnectionStatus />
      {onClose && <IconButton icon="close" label={strings.close} onClick={onClose} />}
    </div>
  );
}
