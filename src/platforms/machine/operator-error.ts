/** Something the person at the keyboard can put right; the message is one line that says how. */
export class OperatorError extends Error {}

/** Runs a command of package.json: an OperatorError becomes its one line and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof OperatorError ? error.message : error);
    process.exit(1);
  }
}
