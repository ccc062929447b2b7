import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";

type AccountPorts = Pick<Ports, "users" | "passwords" | "issuer">;

export interface Login {
  token: string;
  person: Person;
}

export async function registerAccount(
  ports: AccountPorts,
  input: { username: string; password: string; fullName: string },
): Promise<Login> {
  const { username, fullName, password } = input;
  const externalId = `account:${username.toLowerCase()}`;
  const passwordHash = await ports.passwords.hash(password);
  const person = await ports.users.createAccount({ externalId, username, fullName, passwordHash });
  if (!person) throw new ChatError("username-taken");
  return logInAs(ports, externalId, person);
}

export async function logIn(
  ports: AccountPorts,
  input: { username: string; password: string },
): Promise<Login> {
  const account = await ports.users.findAccount(input.username);
  // An unknown name costs the same time as a wrong password.
  const isRight = await ports.passwords.verify(input.password, account?.passwordHash ?? "");
  if (!account || !isRight) throw new ChatError("wrong-credentials");
  return logInAs(ports, account.externalId, account.person);
}

async function logInAs(
  { issuer }: AccountPorts,
  externalId: string,
  person: Person,
): Promise<Login> {
  const { username, fullName, avatar } = person;
  return { token: await issuer.issueToken({ externalId, username, fullName, avatar }), person };
}
