import { ChatError } from "../protocol/error.ts";
import {
  refSchema,
  socketRequestSchemas,
  type SocketRequest,
} from "../protocol/socket-requests.ts";

/** A frame that could not be read, with the ref to answer to if it had one. */
export class FrameError extends ChatError {
  readonly ref: unknown;
  /** Perhaps a newer client's; no mistake. */
  readonly isUnknownType: boolean;

  constructor(detail: string, ref?: unknown, isUnknownType = false) {
    super("invalid-frame", { detail });
    this.name = "FrameError";
    this.ref = ref;
    this.isUnknownType = isUnknownType;
  }
}

/** Reads one frame of a client; throws FrameError for what is none. */
export function readFrame(text: string): SocketRequest {
  const frame = parseObject(text);
  const { type } = frame;
  if (typeof type !== "string") throw new FrameError("A frame has a type", refOf(frame));
  if (!Object.hasOwn(socketRequestSchemas, type)) {
    throw new FrameError("There is no frame of this type", refOf(frame), true);
  }
  const result = socketRequestSchemas[type as SocketRequest["type"]].safeParse(frame);
  if (result.success) return { type, ...result.data } as SocketRequest;
  const [issue] = result.error.issues;
  throw new FrameError(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`, refOf(frame));
}

/** A ref that is none is not carried back. */
function refOf(frame: Record<string, unknown>): unknown {
  return refSchema.safeParse(frame["ref"]).data;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError("The frame is not valid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameError("A frame is a JSON object");
  }
  return value as Record<string, unknown>;
}
