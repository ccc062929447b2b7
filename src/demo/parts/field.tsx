import type { InputHTMLAttributes } from "react";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  name: string;
  label: string;
  hint?: string;
}

export function Field({ label, hint, ...input }: FieldProps) {
  return (
    <label className="demo-field">
      <span>{label}</span>
      <input {...input} />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

/** What was typed into the form's fields. */
export function readFields(form: HTMLFormElement): Record<string, string> {
  const entries = [...new FormData(form)];
  return Object.fromEntries(entries.filter((entry) => typeof entry[1] === "string")) as Record<
    string,
    string
  >;
}
