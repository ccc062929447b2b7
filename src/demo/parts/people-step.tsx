import { ChatButton } from "../../react/components/chat-button.tsx";
import type { FoundPerson } from "../accounts.ts";
import { UserCard } from "./user-card.tsx";

const variants = ["primary", "secondary", "success", "dark", "outline"] as const;
const sizes = ["small", "normal", "large"] as const;
const shown = 6;

export function PeopleStep({ people }: { people: FoundPerson[] }) {
  const [first] = people;
  return (
    <>
      <div className="demo-user-cards">
        {people.slice(0, shown).map((person) => (
          <UserCard key={person.id} user={person} />
        ))}
      </div>
      {first && <Variants user={first} />}
    </>
  );
}

function Variants({ user }: { user: FoundPerson }) {
  return (
    <div className="demo-variants">
      {sizes.map((size) => (
        <div key={size} className="demo-variants-row">
          <span>{size}</span>
          {variants.map((variant) => (
            <ChatButton
              key={variant}
              user={user}
              variant={variant}
              size={size}
              buttonText={variant}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
