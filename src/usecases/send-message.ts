import type { SendDecision } from "../core/send-load.ts";
import { checkText } from "../core/text.ts";
import type { NewMessage } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { UnreadAfter } from "../protocol/event.ts";
import type { Message } from "../protocol/message.ts";
import { displayName, type Person } from "../protocol/person.ts";
import { runBehind, runWave, seeThrough } from "./wave.ts";

type SendPorts = Pick<
  Ports,
  "config" | "history" | "hubs" | "unread" | "limiter" | "sendGate" | "clock" | "later" | "log"
>;

export type SendInput = Omit<NewMessage, "senderId">;

export interface SendResult {
  message: Message;
  /** True when this very message was stored before. */
  isReplay: boolean;
}

/** Refuses what can be refused before anything is stored. */
export function checkSend(
  ports: Pick<Ports, "config">,
  sender: Person,
  input: Pick<SendInput, "receiverId" | "text"> & { attachment: unknown },
): void {
  if (input.receiverId === sender.id) throw new ChatError("receiver-is-sender");
  const problem = checkText(input.text, ports.config.limits);
  if (problem === "too-long") throw new ChatError("text-too-long");
  if (problem === "unstorable") {
    throw new ChatError("invalid-request", {
      detail: "The text holds characters that no text can hold",
    });
  }
  if (problem === "empty" && !input.attachment) throw new ChatError("empty-message");
}

/** Counts one send, or one upload before its bytes are read, against the sender's limit (SEND-5). */
export function takeTurn(
  { config, limiter }: Pick<Ports, "config" | "limiter">,
  sender: Person,
  kind: "send" | "upload" | "open",
): void {
  const { sendBurst: burst, sendPerSecond: perSecond } = config.limits;
  const { allowed, retryAfterMs } = limiter.take(`${kind}:${sender.id}`, { burst, perSecond });
  if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
}

/** Lets one send in, and tells how it leaves again; throws `overloaded` where too much waits (SEND-7). */
export function enterGate({ sendGate }: Pick<Ports, "sendGate">): () => void {
  const send = {};
  refuseUnless(sendGate.enter(send));
  return () => sendGate.leave(send);
}

/** Refuses early what would not be let in, before anything is spent on it. */
export function checkGate({ sendGate }: Pick<Ports, "sendGate">): void {
  refuseUnless(sendGate.peek());
}

function refuseUnless({ allowed, retryAfterMs }: SendDecision): void {
  if (!allowed) throw new ChatError("overloaded", { retryAfterMs });
}

/** Commits the message, then tells both hubs and the counters (SEND-6). A replay tells them again (SEND-2). */
export async function sendMessage(
  ports: SendPorts,
  sender: Person,
  input: SendInput,
): Promise<SendResult> {
  checkSend(ports, sender, input);
  takeTurn(ports, sender, "send");
  const leave = enterGate(ports);
  const work = commitAndAnnounce(ports, { ...input, senderId: sender.id });
  return seeThrough(ports, work.finally(leave));
}

async function commitAndAnnounce(ports: SendPorts, message: NewMessage): Promise<SendResult> {
  const outcome = await ports.history.sendMessage(message);
  switch (outcome.status) {
    case "unknown-receiver":
      throw new ChatError("not-found");
    case "conflict":
      throw new ChatError("idempotency-conflict");
    case "file-gone":
      throw new ChatError("attachments-unavailable", { retryAfterMs: 1_000 });
    case "stored":
    case "replayed":
      await announce(ports, outcome.message, outcome.receiverUnread);
      return { message: outcome.message, isReplay: outcome.status === "replayed" };
  }
}

async function announce(ports: SendPorts, message: Message, unread: UnreadAfter): Promise<void> {
  const { sender, receiver, conversationId } = message;
  const count = {
    conversationId,
    ...unread,
    otherUserId: sender.id,
    otherUserName: displayName(sender),
  };
  runBehind(ports, ports.unread.put(receiver.id, [count]));
  await runWave(ports, [
    () => ports.hubs.deliver(receiver.id, [{ type: "message", message, unread }]),
    () => ports.hubs.deliver(sender.id, [{ type: "message", message }]),
  ]);
}
