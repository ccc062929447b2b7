import type { SubmitEvent } from "react";
import { enterWithToken } from "../accounts.ts";
import { useSignIn } from "../use-sign-in.ts";
import { Field, readFields } from "./field.tsx";

/** Where the server has no accounts: people come with a token of the application around it. */
export function TokenForm() {
  const { error, busy, signIn } = useSignIn();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { token = "" } = readFields(event.currentTarget);
    signIn(() => enterWithToken(token.trim()));
  };
  return (
    <form className="demo-form demo-door-card" onSubmit={submit}>
      <h2>Bring a token</h2>
      <p>
        This server has no accounts of its own: your application says who somebody is. Sign a JSON
        Web Token with <code>AUTH_SECRET</code> (HS256, with <code>user_id</code>,{" "}
        <code>username</code>, <code>name</code> and <code>exp</code>) and paste it here.
      </p>
      <Field name="token" label="Token" autoComplete="off" spellCheck={false} required />
      {error !== null && (
        <p className="demo-error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="demo-primary" disabled={busy}>
        Come in
      </button>
    </form>
  );
}
