import { useEffect, type RefObject } from "react";

/** A keyboard takes more than the bars of a browser do. */
const keyboardHeight = 150;

/** Tells the style sheet which part of the page the on-screen keyboard leaves free. */
export function useVisualViewport(
  ref: Readonly<RefObject<HTMLElement | null>>,
  active: boolean,
): void {
  useEffect(() => {
    const { visualViewport: viewport } = window;
    const element = ref.current;
    if (!active || !viewport || !element) return;
    const fit = () => {
      if (viewport.scale > 1) return;
      element.style.setProperty("--parley-viewport-top", `${viewport.offsetTop}px`);
      element.style.setProperty("--parley-viewport-height", `${viewport.height}px`);
      element.toggleAttribute("data-keyboard", innerHeight - viewport.height > keyboardHeight);
    };
    fit();
    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
    };
  }, [ref, active]);
}
