import { useLayoutEffect } from "react";
import { useLocation, useNavigationType } from "react-router";

const positions = new Map<string, number>();

/** New pages begin at their top; back and forward return to where one was. The browser alone would try too early. */
export function useScrollMemory(): void {
  const { key } = useLocation();
  const type = useNavigationType();

  useLayoutEffect(() => {
    history.scrollRestoration = "manual";
  }, []);

  useLayoutEffect(() => {
    // A replaced entry is the same page with another span selected.
    if (type !== "REPLACE") window.scrollTo(0, type === "POP" ? (positions.get(key) ?? 0) : 0);
    const remember = (): void => {
      positions.set(key, window.scrollY);
    };
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, [key, type]);
}
