export type Method = (...given: unknown[]) => unknown;

/** The port with another method in place of each of its own. */
export function wrapMethods<Port extends object>(
  port: Port,
  wrap: (name: string, run: Method) => Method,
): Port {
  const entries = Object.entries(port).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "function" ? wrap(name, value as Method) : value,
  ]);
  return Object.fromEntries(entries) as Port;
}
