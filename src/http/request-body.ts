import type { Clock } from "../ports/clock.ts";
import { ChatError } from "../protocol/error.ts";
import type { ErrorCode } from "../protocol/error.ts";
import { inTime } from "../usecases/in-time.ts";

export interface Patience {
  clock: Pick<Clock, "now" | "every">;
  /** For the whole body. */
  totalMs: number;
  /** Without a single byte. */
  idleMs: number;
  /** What a body is called that breaks off or is framed wrongly: the sender's failure, not ours. */
  broken: ErrorCode;
}

/** A body's pieces as they arrive; whoever sends too slowly holds nothing open (BODY-1). */
export async function* receive(
  body: ReadableStream<Uint8Array>,
  { clock, totalMs, idleMs, broken }: Patience,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  const endsAt = clock.now() + totalMs;
  const otherwise = (): Error => new ChatError("request-timeout");
  const read = () =>
    reader.read().catch((cause: unknown) => {
      throw new ChatError(broken, { cause });
    });
  try {
    for (;;) {
      const ms = Math.min(idleMs, endsAt - clock.now());
      if (ms <= 0) throw otherwise();
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      const { value } = await inTime(clock, read(), { ms, otherwise });
      if (value === undefined) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
