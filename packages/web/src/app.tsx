import { type ReactNode, useEffect } from "react";
import { Link, NavLink, Route, Routes } from "react-router";
import { DependenciesPage } from "./dependencies-page.tsx";
import { Notice } from "./notice.tsx";
import { SearchPage } from "./search-page.tsx";
import { StatusPage } from "./status-page.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";
import { TraceJump } from "./trace-jump.tsx";
import { TracePage } from "./trace-page.tsx";
import { useScrollMemory } from "./use-scroll-memory.ts";

/** `onStarted`: rendered for the first time, and the page's requests are on their way. */
export function App(props: { readonly onStarted: () => void }): ReactNode {
  const { onStarted } = props;
  useEffect(onStarted, [onStarted]);
  useScrollMemory();
  return (
    <>
      <header className="shell">
        <Link className="wordmark" to="/" aria-label="Culprit: recent traces">
          <Mark />
          Culprit
        </Link>
        <nav className="shell-pages" aria-label="Pages">
          <NavLink to="/" end>
            Traces
          </NavLink>
          <NavLink to="/dependencies">Dependencies</NavLink>
          <NavLink to="/status">Status</NavLink>
        </nav>
        <TraceJump />
        <ThemeToggle />
      </header>
      <Routes>
        <Route path="/" element={<SearchPage />} />
        <Route path="/trace/:traceId" element={<TracePage />} />
        <Route path="/dependencies" element={<DependenciesPage />} />
        <Route path="/status" element={<StatusPage />} />
        <Route
          path="*"
          element={
            <main className="page">
              <Notice title="There is no such page">
                <p>
                  Go to <Link to="/">recent traces</Link>, or paste a trace id above.
                </p>
              </Notice>
            </main>
          }
        />
      </Routes>
    </>
  );
}

function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 20 16" width="20" height="16" aria-hidden="true">
      <path d="M1 2h14M1 8h4M13 14h6" className="mark-rest" />
      <path d="M6 8h9" className="mark-culprit" />
    </svg>
  );
}
