import type { Person } from "../react/person.ts";

/** The signed-in person as the server knows them. */
export interface Account {
  id: number;
  username: string;
  full_name: string;
  avatar: string | null;
}

export interface Session {
  token: string;
  account: Account;
}

export interface FoundPerson extends Account {
  is_online: boolean;
}

export interface Credentials {
  username: string;
  password: string;
  /** Given to sign up. */
  full_name?: string;
}

interface Question {
  token?: string;
  body?: object;
  signal?: AbortSignal;
}

/** Whether people have accounts of this server, or come with a token of another application. */
export async function askForAccounts(): Promise<boolean> {
  return (await ask<{ accounts: boolean }>("/api/auth/")).accounts;
}

export function logIn({ username, password }: Credentials): Promise<Session> {
  return enter("/api/auth/login", { username, password });
}

export function signUp(credentials: Credentials): Promise<Session> {
  return enter("/api/auth/register", credentials);
}

export async function enterWithToken(token: string): Promise<Session> {
  return { token, account: await ask<Account>("/api/auth/me", { token }) };
}

export async function findPeople(
  token: string,
  query: string,
  signal?: AbortSignal,
): Promise<FoundPerson[]> {
  const path = `/api/auth/people/?query=${encodeURIComponent(query)}`;
  const question = { token, ...(signal && { signal }) };
  return (await ask<{ people: FoundPerson[] }>(path, question)).people;
}

export function nameOf(person: Pick<Person, "full_name" | "username">): string {
  return person.full_name || person.username || "";
}

async function enter(path: string, body: object): Promise<Session> {
  const { token, user } = await ask<{ token: string; user: Account }>(path, { body });
  return { token, account: user };
}

/** Rejects with what a person can read. */
async function ask<T>(path: string, { token, body, signal }: Question = {}): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  throw new Error(describe(answer) ?? `The server answered ${response.status}`);
}

function describe(problem: unknown): string | null {
  const { detail, title, errors } = (problem ?? {}) as {
    detail?: string;
    title?: string;
    errors?: { path: string; message: string }[];
  };
  const [first] = errors ?? [];
  if (first) return `${first.path.replaceAll("_", " ")}: ${first.message}`;
  return detail ?? title ?? null;
}
