import { Avatar } from "../../react/components/avatar.tsx";
import type { Person } from "../../react/person.ts";
import { nameOf } from "../accounts.ts";

interface PersonCardProps {
  person: Person;
  disabled?: boolean;
  onClick: () => void;
}

/** Somebody to pick. */
export function PersonCard({ person, disabled, onClick }: PersonCardProps) {
  return (
    <button type="button" className="demo-person" disabled={disabled} onClick={onClick}>
      <Avatar person={person} size={40} />
      <span>
        <strong>{nameOf(person)}</strong>
        <small>@{person.username}</small>
      </span>
    </button>
  );
}
