import { useEffect, useState } from "react";
import { askForAccounts, logIn } from "../accounts.ts";
import { demoPassword, demoPeople, hasDemoPeople } from "../demo-people.ts";
import { useSignIn } from "../use-sign-in.ts";
import { PasswordForm } from "./password-form.tsx";
import { PersonCard } from "./person-card.tsx";
import { TokenForm } from "./token-form.tsx";

/** Every way in that this server has. */
export function Door() {
  const accounts = useAccounts();
  if (accounts === null) return null;
  if (!accounts) return <TokenForm />;
  return (
    <div className="demo-door-card">
      {hasDemoPeople && <DemoPeople />}
      <PasswordForm />
    </div>
  );
}

function DemoPeople() {
  const { error, busy, signIn } = useSignIn();
  return (
    <section>
      <h2>Come in as</h2>
      <div className="demo-people-cards">
        {demoPeople.map((person) => (
          <PersonCard
            key={person.username}
            person={person}
            disabled={busy}
            onClick={() =>
              signIn(() => logIn({ username: person.username, password: demoPassword }))
            }
          />
        ))}
      </div>
      {error !== null && (
        <p className="demo-error" role="alert">
          {error}
        </p>
      )}
      <p className="demo-or">
        <span>or</span>
      </p>
    </section>
  );
}

/** Null until the server has said; without an answer, the usual way is shown. */
function useAccounts(): boolean | null {
  const [accounts, setAccounts] = useState<boolean | null>(null);
  useEffect(() => {
    askForAccounts().then(setAccounts, () => setAccounts(true));
  }, []);
  return accounts;
}
