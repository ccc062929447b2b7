import { useState } from "react";
import type { SubmitEvent } from "react";
import { logIn, signUp } from "../accounts.ts";
import { useSignIn } from "../use-sign-in.ts";
import { Field, readFields } from "./field.tsx";

/** Logs in, or signs up. */
export function PasswordForm() {
  const [isNew, setIsNew] = useState(false);
  const { error, busy, signIn } = useSignIn();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { username = "", password = "", full_name = "" } = readFields(event.currentTarget);
    const credentials = { username, password };
    signIn(() => (isNew ? signUp({ ...credentials, full_name }) : logIn(credentials)));
  };
  return (
    <form className="demo-form" onSubmit={submit}>
      <h2>{isNew ? "Make an account" : "Log in"}</h2>
      {isNew && <Field name="full_name" label="Name" autoComplete="name" maxLength={100} />}
      <Field
        name="username"
        label="Username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <Field
        name="password"
        label="Password"
        type="password"
        autoComplete={isNew ? "new-password" : "current-password"}
        {...(isNew && { hint: "8 characters at least", minLength: 8 })}
        required
      />
      {error !== null && (
        <p className="demo-error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="demo-primary" disabled={busy}>
        {isNew ? "Sign up" : "Log in"}
      </button>
      <p className="demo-switch">
        {isNew ? "You have an account?" : "New here?"}{" "}
        <button type="button" className="demo-link" onClick={() => setIsNew(!isNew)}>
          {isNew ? "Log in" : "Make an account"}
        </button>
      </p>
    </form>
  );
}
