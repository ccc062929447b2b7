/** Someone as the page around knows them. Only the id is needed: the rest is looked up, and what is given shows at once. */
export interface Person {
  /** Whole number, or its digits. */
  id: number | string;
  full_name?: string | null | undefined;
  /** Taken where there is no `full_name`. */
  name?: string | null | undefined;
  username?: string | null | undefined;
  avatar?: string | null | undefined;
  is_online?: boolean | undefined;
}

/** What to call someone; empty as long as nothing but the id is known. */
export function personName(person: Omit<Person, "id"> | null | undefined): string {
  return person?.full_name || person?.name || person?.username || "";
}
