/** Work of which only one piece is done at a time. */
export interface OneAtATime {
  /** Whoever comes while another is busy waits for that one, and nothing else is done. */
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when nobody is busy. */
  idle(): Promise<void>;
}

export function createOneAtATime(): OneAtATime {
  let present: Promise<void> | null = null;

  async function idle(): Promise<void> {
    if (!present) return;
    await present;
    await idle();
  }

  return {
    run(work) {
      present ??= work().finally(() => {
        present = null;
      });
      return present;
    },
    idle,
  };
}
