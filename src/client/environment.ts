/** What the client needs of its surroundings, so that a test can give it others. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Runs the task once after so many milliseconds; answers how to cancel. */
  after(milliseconds: number, task: () => void): () => void;
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string): WebSocket;
  /** Without it a file goes up by `fetch`, which tells nothing of its progress. */
  createUpload?: () => XMLHttpRequest;
  /** Null where the page may keep nothing. */
  indexedDB: IDBFactory | null;
  /** Null where tabs cannot agree on a leader; then each leads itself. */
  locks: LockManager | null;
  /** Null where tabs cannot talk; then each leads itself. */
  openChannel: ((name: string) => BroadcastChannel) | null;
  isOnline(): boolean;
  isVisible(): boolean;
  /** The network came back or went, or the page was shown or hidden. Answers how to stop. */
  onChange(listener: () => void): () => void;
}
