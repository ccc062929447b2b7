import { Component, lazy, Suspense, useState, type ReactNode } from "react";
import { useStrings } from "../strings.ts";
import type { ChatWindowProps } from "./chat-window.tsx";
import { Icon } from "./icon.tsx";

const load = async () => ({ default: (await import("./chat-window.tsx")).ChatWindow });

let Loaded = lazy(load);

/** Fetches the chat window ahead of time. A failure shows once the window is needed. */
export function preloadChatWindow(): void {
  load().catch(() => {});
}

/** The chat window, whose code is fetched when it is first shown; until then there is a way out. */
export function LazyChatWindow(props: ChatWindowProps) {
  const [attempt, setAttempt] = useState(0);
  const retry = () => {
    Loaded = lazy(load);
    setAttempt((count) => count + 1);
  };
  return (
    <LoadBoundary key={attempt} fallback={<Waiting onClose={props.onClose} onRetry={retry} />}>
      <Suspense fallback={<Waiting onClose={props.onClose} />}>
        <Loaded {...props} />
      </Suspense>
    </LoadBoundary>
  );
}

interface WaitingProps {
  onClose: (() => void) | undefined;
  /** Given where the code could not be fetched. */
  onRetry?: () => void;
}

function Waiting({ onClose, onRetry }: WaitingProps) {
  const strings = useStrings();
  return (
    <div className="chat-modal-waiting">
      {onClose && (
        <div className="chat-modal-bar">
          <button
            type="button"
            className="parley-icon-button"
            aria-label={strings.close}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      <div className="chat-modal-middle" role={onRetry ? "alert" : "status"}>
        {onRetry ? <p>{strings.windowFailed}</p> : <span className="parley-spinner" aria-hidden />}
        {onRetry ? (
          <button type="button" onClick={onRetry}>
            {strings.retry}
          </button>
        ) : (
          <span className="parley-hidden">{strings.loadingMessages}</span>
        )}
      </div>
    </div>
  );
}

interface LoadBoundaryProps {
  fallback: ReactNode;
  children: ReactNode;
}

/** A browser says that a script did not come by a TypeError, a bundler by a ChunkLoadError: other errors are not caught. */
function isLoadError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "ChunkLoadError" || /import|module script|chunk/i.test(error.message);
}

class LoadBoundary extends Component<LoadBoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (!isLoadError(error)) throw error;
    return this.props.fallback;
  }
}
