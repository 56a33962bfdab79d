import { type ReactNode, useState } from "react";
import { useMediaQuery } from "./use-media-query.ts";

type Theme = "light" | "dark";

export function ThemeToggle(): ReactNode {
  const systemDark = useMediaQuery("(prefers-color-scheme: dark)");
  const [chosen, setChosen] = useState(chosenTheme);
  const theme: Theme = chosen ?? (systemDark ? "dark" : "light");
  const other: Theme = theme === "dark" ? "light" : "dark";

  const toggle = (): void => {
    document.documentElement.dataset.theme = other;
    setChosen(other);
    try {
      localStorage.setItem("culprit.theme", other);
    } catch {
      // Storage may be forbidden: the choice then lasts as long as the page.
    }
  };

  return (
    <button
      type="button"
      className="icon-button"
      onClick={toggle}
      aria-label={`Switch to ${other} theme`}
      title={`Switch to ${other} theme`}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
    </button>
  );
}

// Set by theme.js before the first paint.
function chosenTheme(): Theme | undefined {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : undefined;
}
