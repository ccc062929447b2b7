import { useState } from "react";
import { ChatModal } from "../../react/components/chat-modal.tsx";
import type { FoundPerson } from "../accounts.ts";
import { PersonCard } from "./person-card.tsx";

/** The chat's window behind triggers that are not the chat's own. */
export function StartChat({ people }: { people: FoundPerson[] }) {
  const [partner, setPartner] = useState<FoundPerson | null>(null);
  return (
    <>
      <div className="demo-start">
        {people.slice(0, 3).map((person) => (
          <PersonCard key={person.id} person={person} onClick={() => setPartner(person)} />
        ))}
        {people.length === 0 && <p>Nobody else is here yet.</p>}
      </div>
      <ChatModal
        isOpen={partner !== null}
        onClose={() => setPartner(null)}
        recipientUser={partner}
      />
    </>
  );
}
