/** Names the one direct conversation of two people. */
export function directKey(one: number, other: number): string {
  return one < other ? `${one}:${other}` : `${other}:${one}`;
}

/** An array as Postgres writes it: drivers differ in how they would send a JavaScript one. */
export function idArray(ids: number[]): string {
  return `{${ids.join(",")}}`;
}
