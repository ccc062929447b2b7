import { useMemo } from "react";
import { Inbox } from "../../react/components/inbox.tsx";
import { chatLink, go } from "../route.ts";

/** The address says whose chat is open, so that the browser's own back button leads to the list. */
export function InboxPage({ personId }: { personId: number | null }) {
  const selectedUser = useMemo(() => (personId === null ? null : { id: personId }), [personId]);
  return (
    <main className="demo-inbox">
      <h1 className="demo-hidden">Inbox</h1>
      <Inbox
        selectedUser={selectedUser}
        onSelectUser={(user) => go(chatLink(user && Number(user.id)))}
      />
    </main>
  );
}
