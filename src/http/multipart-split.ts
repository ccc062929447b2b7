/**
 * The parser looks at the two bytes after a boundary together and fails when a chunk ends between them. This holds that
 * one byte back until the next chunk; everything else passes at once.
 */
export function createSplitGuard(boundary: string): (chunk: Uint8Array) => Uint8Array {
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  /** The last bytes that passed; a form begins as if after a line end. */
  let passed: Uint8Array = new Uint8Array([13, 10]);
  let held: Uint8Array = new Uint8Array();

  return (chunk) => {
    const whole = concat(held, chunk);
    const seen = concat(passed, whole.subarray(-delimiter.length - 1)).subarray(
      -delimiter.length - 1,
    );
    const isSplit = whole.length > 0 && startsWith(seen, delimiter);
    const end = isSplit ? whole.length - 1 : whole.length;
    held = whole.slice(end);
    passed = concat(passed, whole.subarray(Math.max(0, end - delimiter.length), end)).slice(
      -delimiter.length,
    );
    return whole.subarray(0, end);
  };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length > start.length && start.every((byte, index) => bytes[index] === byte);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
