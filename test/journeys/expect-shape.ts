import { expect } from "vitest";

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Compares what the server said with an example of the document: every documented name is there, in the documented
 * order, with the documented type. Fields beyond the document may be there too.
 */
export function expectShape(actual: unknown, documented: unknown): void {
  expect(findDifferences(actual, documented, "$")).toEqual([]);
}

function findDifferences(actual: unknown, documented: unknown, path: string): string[] {
  if (Array.isArray(documented)) return differencesOfArrays(actual, documented, path);
  if (isRecord(documented)) return differencesOfObjects(actual, documented, path);
  const wanted = typeOf(documented);
  const found = typeOf(actual);
  // An example's null says that there may be nothing; what is there otherwise is a text or a time.
  const fits = wanted === "null" ? ["null", "text", "time"].includes(found) : isA(found, wanted);
  return fits ? [] : [`${path} is ${found}, documented as ${wanted}`];
}

function differencesOfArrays(actual: unknown, documented: unknown[], path: string): string[] {
  if (!Array.isArray(actual)) return [`${path} is no array`];
  if (actual.length === 0) return [`${path} is empty`];
  return actual.flatMap((each, index) => findDifferences(each, documented[0], `${path}[${index}]`));
}

function differencesOfObjects(
  actual: unknown,
  documented: Record<string, unknown>,
  path: string,
): string[] {
  if (!isRecord(actual)) return [`${path} is no object`];
  const wanted = Object.keys(documented);
  const found = Object.keys(actual).filter((name) => wanted.includes(name));
  const missing = wanted.filter((name) => !found.includes(name));
  const present = wanted.filter((name) => found.includes(name));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...(found.join() === present.join() ? [] : [`${path} has the order ${found.join(", ")}`]),
    ...present.flatMap((name) =>
      findDifferences(actual[name], documented[name], `${path}.${name}`),
    ),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return isoTime.test(value) ? "time" : "text";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** A fraction may happen to be whole. */
function isA(found: string, wanted: string): boolean {
  return found === wanted || (wanted === "number" && found === "integer");
}
