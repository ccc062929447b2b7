/** Whom `npm start` signs up. The ids only choose the colours of the pictures. */
export const demoPeople = [
  { id: 1, username: "alice", full_name: "Alice Moreau" },
  { id: 2, username: "bob", full_name: "Bob Okafor" },
  { id: 3, username: "carol", full_name: "Carol Lindqvist" },
] as const;

export const demoPassword = "parley-demo";

/** Only a server on one's own machine has them. */
export const hasDemoPeople = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

export function isDemoPerson(username: string | null): username is string {
  return hasDemoPeople && demoPeople.some((person) => person.username === username);
}
