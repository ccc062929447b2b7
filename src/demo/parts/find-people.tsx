import { useEffect, useRef, useState } from "react";
import type { SubmitEvent } from "react";
import { Icon } from "../../react/components/icon.tsx";
import { chatLink, go } from "../route.ts";
import { usePeople } from "../use-people.ts";
import { Field, readFields } from "./field.tsx";
import { PersonCard } from "./person-card.tsx";

interface FindPeopleProps {
  token: string;
  onClose: () => void;
}

/** Searches everyone with an account, and opens the chat with whom one picks. */
export function FindPeople({ token, onClose }: FindPeopleProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const { people, error } = usePeople(token, query.trim());
  useEffect(() => dialog.current?.showModal(), []);
  const pick = (id: number): void => {
    go(chatLink(id));
    onClose();
  };
  return (
    <dialog ref={dialog} className="demo-find" aria-label="New message" onClose={onClose}>
      <div className="demo-find-head">
        <Icon name="search" />
        <input
          type="search"
          value={query}
          placeholder="Find people by name"
          aria-label="Find people by name"
          onChange={(event) => setQuery(event.target.value)}
        />
        <button
          type="button"
          className="parley-icon-button"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <div className="demo-find-people">
        {error !== null && <PickById why={error} onPick={pick} />}
        {people?.map((person) => (
          <PersonCard key={person.id} person={person} onClick={() => pick(person.id)} />
        ))}
        {people?.length === 0 && error === null && (
          <p className="demo-find-none">
            {query === "" ? "Nobody else is here yet" : "Nobody by that name"}
          </p>
        )}
      </div>
    </dialog>
  );
}

/** Where nobody can be searched for, people of the application around are known by their ids. */
function PickById({ why, onPick }: { why: string; onPick(id: number): void }) {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onPick(Number(readFields(event.currentTarget)["id"]));
  };
  return (
    <form className="demo-form demo-find-none" onSubmit={submit}>
      <p>People cannot be searched here ({why}). Write to somebody by their id.</p>
      <Field name="id" label="Id" inputMode="numeric" pattern="[0-9]{1,15}" required />
      <button type="submit" className="demo-primary">
        Open the chat
      </button>
    </form>
  );
}
