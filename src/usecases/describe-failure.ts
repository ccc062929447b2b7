/** What a log may know of a failure. */
type Failure = {
  name: string;
  /** Ours, Postgres' or the system's word for it. */
  code?: string;
  /** Where it happened, innermost first. */
  at: string[];
  cause?: Failure;
};

const word = /^[\w.-]{1,40}$/;
const mostFrames = 8;

/** A failure by its kind and place. What it says of itself may quote what a store was told, and where it is (ERR-3). */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const { name, cause } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return {
    name: word.test(name) ? name : "Error",
    ...(word.test(code) && { code }),
    at: framesOf(error),
    ...(cause instanceof Error && { cause: withoutCause(cause) }),
  };
}

function withoutCause(error: Error): Failure {
  const { cause: _, ...described } = describeFailure(error);
  return described;
}

/** A message may have lines of its own that look like frames. */
function framesOf({ stack = "", message }: Error): string[] {
  const lines = stack.replace(message, () => "").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, mostFrames);
}
