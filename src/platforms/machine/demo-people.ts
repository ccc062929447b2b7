export interface DemoPerson {
  id: number;
  username: string;
  token: string;
}

const people = [
  { username: "alice", full_name: "Alice Moreau" },
  { username: "bob", full_name: "Bob Okafor" },
  { username: "carol", full_name: "Carol Lindqvist" },
] as const;
const password = "parley-demo";

/** Signs the demo people up, or in when they are there already. */
export async function signUpDemoPeople(url: string): Promise<DemoPerson[]> {
  const [first] = people;
  const newcomer = await register(url, first);
  const known =
    newcomer === null ? await Promise.all(people.map((person) => logIn(url, person))) : [newcomer];
  const signedUp: DemoPerson[] = [];
  // Newcomers one after another, so that their ids follow each other too.
  for (const [index, person] of people.entries()) {
    signedUp.push(known[index] ?? (await signUp(url, person)));
  }
  return signedUp;
}

type Profile = (typeof people)[number];

async function signUp(url: string, person: Profile): Promise<DemoPerson> {
  const signedIn = (await register(url, person)) ?? (await logIn(url, person));
  if (signedIn !== null) return signedIn;
  throw new Error(`${person.username} is taken and has another password`);
}

/** Null when the name is taken. */
function register(url: string, person: Profile): Promise<DemoPerson | null> {
  return enter({ url: `${url}/api/auth/register`, body: { ...person, password }, refusal: 409 });
}

/** Null when there is nobody with this name and password. */
function logIn(url: string, { username }: Profile): Promise<DemoPerson | null> {
  return enter({ url: `${url}/api/auth/login`, body: { username, password }, refusal: 401 });
}

interface Entrance {
  url: string;
  body: { username: string; password: string };
  refusal: number;
}

async function enter({ url, body, refusal }: Entrance): Promise<DemoPerson | null> {
  const answer = await post(url, body);
  if (answer.status === refusal) return null;
  if (!answer.ok) throw new Error(`${body.username} could not sign in (${answer.status})`);
  return toPerson(body.username, await answer.json());
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

function toPerson(username: string, answer: unknown): DemoPerson {
  if (
    typeof answer === "object" &&
    answer !== null &&
    "token" in answer &&
    typeof answer.token === "string" &&
    "user" in answer &&
    typeof answer.user === "object" &&
    answer.user !== null &&
    "id" in answer.user
  ) {
    return { id: Number(answer.user.id), username, token: answer.token };
  }
  throw new Error(`signing ${username} in gave an unexpected answer`);
}

/** The people, and two lines to paste: one watches bob's stream, one sends him a message. */
export function describeDemoPeople(url: string, [alice, bob, ...others]: DemoPerson[]): string {
  if (alice === undefined || bob === undefined) return "";
  const width = Math.max(2, String(alice.id).length) + 2;
  const rows = [alice, bob, ...others].map(
    ({ id, username }) => `  ${String(id).padEnd(width)}${username.padEnd(8)}${password}`,
  );
  const message = JSON.stringify({ receiver_id: bob.id, message: "Hello Bob" });
  return [
    `  ${"id".padEnd(width)}name    password`,
    ...rows,
    "",
    "The tokens below hold for 30 days. Watch bob's stream:",
    `curl -sN '${url}/api/v1/communication/sse/events/?token=${bob.token}'`,
    "Send him a message as alice:",
    `curl -s ${url}/api/v1/communication/chats/ -H 'Authorization: Token ${alice.token}' -H 'Content-Type: application/json' -d '${message}'`,
  ].join("\n");
}
