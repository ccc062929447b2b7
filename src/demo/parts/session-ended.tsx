import type { ChatClient } from "../../client/chat-client.ts";
import { useReadable } from "../../react/use-readable.ts";
import { signOut } from "../session.ts";

/** Says that the token is not taken any more; what is shown stays until the person leaves. */
export function SessionEnded({ client }: { client: ChatClient }) {
  const { status } = useReadable(client.connection);
  if (status !== "signed-out") return null;
  return (
    <div className="demo-ended" role="alert">
      <span>Your session has ended.</span>
      <button type="button" className="demo-secondary" onClick={() => void signOut()}>
        Sign in again
      </button>
    </div>
  );
}
