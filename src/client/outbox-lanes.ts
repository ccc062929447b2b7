import type { ChatMessage } from "../protocol/chat-message.ts";
import { createBackoff } from "./backoff.ts";
import type { ChatAPI } from "./chat-api.ts";
import type { Environment } from "./environment.ts";
import type { OutboxItem, OutboxItems } from "./outbox-items.ts";
import type { OutboxKeeper } from "./outbox-keeper.ts";
import { isPassing, reasonOf } from "./passing-error.ts";

/** One after the other to each receiver, whatever is on its way to others. */
export interface OutboxLanes {
  /** Goes on with that receiver, unless it is busy or waits to try again. */
  run(receiverId: number): void;
  /** Breaks off the delivery of this one. */
  stop(item: OutboxItem): void;
  /** Tries again now what waits. */
  wake(): void;
  close(): void;
}

export interface OutboxLanesOptions {
  api: Pick<ChatAPI, "sendMessage">;
  environment: Pick<Environment, "after" | "random">;
  items: OutboxItems;
  keeper: OutboxKeeper;
  onStored(message: ChatMessage): void;
  /** For good; why, for people. */
  onRefused(item: OutboxItem, error: string): void;
}

/** Steps that are worth being drawn. */
const progressStep = 0.02;

export function createOutboxLanes(options: OutboxLanesOptions): OutboxLanes {
  const { items, keeper } = options;
  const lanes = new Map<number, Lane>();

  function run(receiverId: number): void {
    const lane = lanes.get(receiverId) ?? createLane(options.environment);
    lanes.set(receiverId, lane);
    const item = lane.isFree() ? items.next(receiverId) : null;
    if (item && keeper.delivers(item)) void deliver(lane, item);
  }

  async function deliver(lane: Lane, item: OutboxItem): Promise<void> {
    const receiverId = item.entry.receiver_id;
    const signal = lane.begin(item);
    try {
      options.onStored(await post(options, item, signal));
      lane.end();
    } catch (error) {
      lane.end();
      if (isWanted(items, item)) hold(lane, item, error);
    }
    run(receiverId);
  }

  function hold(lane: Lane, item: OutboxItem, error: unknown): void {
    if (item.entry.file) tellProgress(options, item, null);
    if (isPassing(error)) lane.wait(error.retryAfterMs, () => run(item.entry.receiver_id));
    else options.onRefused(item, reasonOf(error));
  }

  return {
    run,
    stop: (item) => lanes.get(item.entry.receiver_id)?.stop(item),
    wake() {
      for (const [receiverId, lane] of lanes) {
        lane.hurry();
        run(receiverId);
      }
    },
    close() {
      for (const lane of lanes.values()) lane.close();
    },
  };
}

/** It is neither taken back nor known to be stored, and has not failed. */
function isWanted(items: OutboxItems, { entry }: OutboxItem): boolean {
  return items.get(entry.client_id)?.entry.error === null;
}

function tellProgress(
  { items, keeper }: OutboxLanesOptions,
  { entry }: OutboxItem,
  progress: number | null,
): void {
  items.setProgress(entry.client_id, progress);
  keeper.post({ type: "progress", clientId: entry.client_id, progress });
}

async function post(
  options: OutboxLanesOptions,
  item: OutboxItem,
  signal: AbortSignal,
): Promise<ChatMessage> {
  const { receiver_id: receiverId, text, file, file_name: name, client_id } = item.entry;
  const attachment = file && new File([file], name ?? "", { type: file.type });
  const onProgress = (share: number): void => {
    const isStep = share === 1 || share - (item.progress ?? 0) >= progressStep;
    if (isStep && isWanted(options.items, item)) tellProgress(options, item, share);
  };
  const sending = { clientId: client_id, signal, onProgress };
  return (await options.api.sendMessage(receiverId, text, attachment, sending)).data;
}

/** What goes on with one receiver. */
interface Lane {
  isFree(): boolean;
  begin(item: OutboxItem): AbortSignal;
  end(): void;
  stop(item: OutboxItem): void;
  wait(retryAfterMs: number | null, task: () => void): void;
  /** Waits no longer, unless the server asked for it. */
  hurry(): void;
  close(): void;
}

function createLane(environment: OutboxLanesOptions["environment"]): Lane {
  const backoff = createBackoff(environment.random);
  let busy: { item: OutboxItem; abort: AbortController } | null = null;
  let cancel: (() => void) | null = null;
  let isAsked = false;
  let isClosed = false;

  function waitNoMore(): void {
    cancel?.();
    cancel = null;
    backoff.reset();
  }

  return {
    isFree: () => !isClosed && !busy && !cancel,
    begin(item) {
      busy = { item, abort: new AbortController() };
      return busy.abort.signal;
    },
    end() {
      busy = null;
    },
    stop(item) {
      if (busy?.item === item) busy.abort.abort();
    },
    wait(retryAfterMs, task) {
      if (isClosed) return;
      isAsked = retryAfterMs !== null;
      cancel = environment.after(backoff.next({ retryAfterMs }), () => {
        [cancel, isAsked] = [null, false];
        task();
      });
    },
    hurry: () => isAsked || waitNoMore(),
    close() {
      isClosed = true;
      waitNoMore();
      busy?.abort.abort();
    },
  };
}
