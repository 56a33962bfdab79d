import { useEffect, useRef } from "react";

// What keys already mean something to, and the tree, which has them first.
const DEAF =
  "input, select, textarea, button, a[href], [contenteditable]:not([contenteditable=false]), [role=separator], [role=tree]";
// They scroll whatever has the focus, as everywhere.
const SCROLLING = new Set([" ", "PageDown", "PageUp", "Home", "End"]);

/** Hears the page's keys that belong to nothing in particular; `true` from `onKey` means that it was for us. */
export function usePageKeys(onKey: (key: string) => boolean): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const from = event.target instanceof Element ? event.target : document.body;
      if (from.closest(DEAF) !== null || SCROLLING.has(event.key)) return;
      // The details scroll by arrows.
      if (from.closest("aside") !== null && event.key.startsWith("Arrow")) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
