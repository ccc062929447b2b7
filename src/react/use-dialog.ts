import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { useLatest } from "./use-latest.ts";

export interface UsedDialog {
  ref: RefObject<HTMLDialogElement | null>;
  /** Open, or still on its way out: then it must be drawn. */
  present: boolean;
}

/** Closed before it leaves the page, the dialog gives the focus back. React 18 warns of such effects on servers. */
const useEarlyEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Opens and closes a modal `<dialog>`; the browser keeps the focus inside and gives it back. */
export function useDialog(isOpen: boolean, onClose: () => void): UsedDialog {
  const ref = useRef<HTMLDialogElement | null>(null);
  const [present, setPresent] = useState(false);
  const latest = useLatest({ isOpen, onClose });

  // Not while drawing: a server has no page to put it into.
  useEffect(() => {
    if (isOpen) setPresent(true);
  }, [isOpen]);

  useEarlyEffect(() => {
    const dialog = ref.current;
    if (!isOpen || !present || dialog === null) return;
    dialog.showModal();
    // Its label is read out, and the focus stays when what is inside changes.
    if (!dialog.contains(document.activeElement?.closest("input, textarea") ?? null))
      dialog.focus();
    const onCancel = (event: Event) => {
      // The cancel event of a file field comes by as well.
      if (event.target !== dialog) return;
      event.preventDefault();
      latest.current.onClose();
    };
    const onNativeClose = (event: Event) => {
      // The event of a close comes late: the dialog may be open again.
      if (event.target === dialog && !dialog.open && latest.current.isOpen)
        latest.current.onClose();
    };
    dialog.addEventListener("cancel", onCancel);
    dialog.addEventListener("close", onNativeClose);
    return () => {
      dialog.removeEventListener("cancel", onCancel);
      dialog.removeEventListener("close", onNativeClose);
      dialog.close();
    };
  }, [isOpen, present, latest]);

  useEffect(() => {
    const dialog = ref.current;
    if (isOpen || !present || dialog === null) return;
    let current = true;
    const motions = dialog.getAnimations().map((motion) => motion.finished);
    void Promise.allSettled(motions).then(() => current && setPresent(false));
    return () => {
      current = false;
    };
  }, [isOpen, present]);

  return { ref, present };
}
