import { useEffect, useState } from "react";
import type { ChatClient } from "../../client/chat-client.ts";
import { Icon } from "../../react/components/icon.tsx";
import { chatLink } from "../route.ts";

interface Toast {
  key: string;
  title: string;
  text: string;
  link: string | null;
}

interface ToastsProps {
  client: ChatClient;
  /** Whose messages can be seen arriving anyway. */
  openPersonId: number | null;
}

const shown = 3;
const shownMs = 7_000;

/** Says in the corner what arrives elsewhere: notifications, and messages of other chats. */
export function Toasts({ client, openPersonId }: ToastsProps) {
  const { toasts, add, remove } = useToasts();
  useEffect(() => {
    const stopNotifications = client.on("notification", ({ id, title, message }) =>
      add({ key: `n${id}`, title, text: message, link: null }),
    );
    const stopMessages = client.on("message", ({ message }) => {
      const { sender_id: sender, sender_name: title, message: text, id } = message;
      const isSeen = sender === openPersonId || document.querySelector(".chat-modal") !== null;
      if (isSeen || sender === client.viewer.get()?.id) return;
      add({ key: `m${id}`, title, text: text || "Sent a file", link: chatLink(sender) });
    });
    return () => {
      stopNotifications();
      stopMessages();
    };
  }, [client, openPersonId, add]);
  return (
    <div className="demo-toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.key} className="demo-toast">
          <ToastText toast={toast} onFollow={() => remove(toast.key)} />
          <button
            type="button"
            className="parley-icon-button"
            aria-label="Dismiss"
            onClick={() => remove(toast.key)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

function ToastText({ toast: { title, text, link }, onFollow }: { toast: Toast; onFollow(): void }) {
  const content = (
    <>
      <strong>{title}</strong>
      <span>{text}</span>
    </>
  );
  if (link === null) return <p>{content}</p>;
  return (
    <a href={link} onClick={onFollow}>
      {content}
    </a>
  );
}

function useToasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const [actions] = useState(() => {
    const remove = (key: string): void =>
      setToasts((present) => present.filter((toast) => toast.key !== key));
    const add = (toast: Toast): void => {
      setToasts((present) =>
        [...present.filter(({ key }) => key !== toast.key), toast].slice(-shown),
      );
      setTimeout(() => remove(toast.key), shownMs);
    };
    return { add, remove };
  });
  return { toasts, ...actions };
}
