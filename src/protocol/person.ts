/** Someone as other people see them. */
export interface Person {
  id: number;
  username: string;
  fullName: string;
  avatar: string | null;
}

/** The name a person is shown by. */
export function displayName(person: Person): string {
  return person.fullName || person.username;
}
