export interface DemoPerson {
  id: number;
  username: string;
  token: string;
}

const people = [
  { username: "alice", full_name: "Alice Moreau" },
  { username: "bob", full_name: "Bob Okafor" },
  { username: "carol", full_name: "Carol Lindqvist" },
];
const password = "parley-demo";

/** Signs the demo people up, or in when they are there already. */
export async function signUpDemoPeople(url: string): Promise<DemoPerson[]> {
  const signedUp: DemoPerson[] = [];
  // One after another, so that their ids follow each other too.
  for (const person of people) signedUp.push(await signUp(url, person));
  return signedUp;
}

async function signUp(url: string, person: (typeof people)[number]): Promise<DemoPerson> {
  const registered = await post(`${url}/api/auth/register`, { ...person, password });
  const answer =
    registered.status === 409
      ? await post(`${url}/api/auth/login`, { username: person.username, password })
      : registered;
  if (!answer.ok) throw new Error(`${person.username} could not sign in (${answer.status})`);
  return toPerson(person.username, await answer.json());
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
    "Watch bob's stream:",
    `curl -sN '${url}/api/v1/communication/sse/events/?token=${bob.token}'`,
    "Send him a message as alice:",
    `curl -s ${url}/api/v1/communication/chats/ -H 'Authorization: Token ${alice.token}' -H 'Content-Type: application/json' -d '${message}'`,
  ].join("\n");
}
