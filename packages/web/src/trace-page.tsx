import type { TracePage as TracePageDocument, Verdict } from "@culprit/api";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { HttpError } from "./http.ts";
import { busy } from "./idle.ts";
import { Notice } from "./notice.tsx";
import { traceColumns } from "./trace-columns.ts";
import { type Resource, useResource } from "./use-resource.ts";
import { VerdictPanel, VerdictSkeleton } from "./verdict-panel.tsx";
import { Waterfall } from "./waterfall.tsx";

// The page and its verdict appear together, so that nothing moves afterwards; but a verdict that takes longer than this
// no longer holds the waterfall up, and that of a large trace always takes longer.
const VERDICT_PATIENCE_MS = 400;
const LARGE_TRACE_SPANS = 20_000;

export function TracePage(): ReactNode {
  const { traceId = "" } = useParams();
  // A new trace is a new page: nothing of the old one's state fits.
  return <TraceView key={traceId} traceId={traceId} />;
}

function TraceView(props: { readonly traceId: string }): ReactNode {
  const { traceId } = props;
  const path = `/api/culprit/traces/${encodeURIComponent(traceId)}`;
  const [version, setVersion] = useState(0);
  const page = useResource<TracePageDocument>(path, version);
  // One after the other: a server that judges a large trace would else answer both late.
  const verdict = useResource<Verdict>(
    page.state === "ready" ? `${path}/verdict` : undefined,
    version,
  );
  const document_ = page.state === "ready" ? page.data : undefined;
  const columns = useMemo(() => document_ && traceColumns(document_), [document_]);
  const patient = usePatience(columns !== undefined);
  const [spanId, selectSpan] = useSelectedSpan();

  useEffect(() => {
    const root = verdict.state === "ready" ? verdict.data.root : undefined;
    const name = root === undefined ? traceId.slice(0, 8) : `${root.service} ${root.operation}`;
    document.title = `${name} · Culprit`;
  }, [traceId, verdict]);

  if (page.state === "failed") {
    return (
      <main className="page">
        <PageFailure error={page.error} traceId={traceId} onRetry={() => setVersion(version + 1)} />
      </main>
    );
  }
  const waits = patient && (columns?.count ?? 0) < LARGE_TRACE_SPANS;
  if (columns === undefined || (verdict.state === "loading" && waits)) return <Skeleton />;
  return (
    <main className="page trace-page">
      <VerdictPanel columns={columns} verdict={verdict} onSelect={selectSpan} />
      <Waterfall
        columns={columns}
        verdict={verdictOf(verdict)}
        spanId={spanId}
        onSelect={selectSpan}
      />
    </main>
  );
}

function verdictOf(verdict: Resource<Verdict>): Verdict | undefined {
  return verdict.state === "ready" ? verdict.data : undefined;
}

/** True until the verdict has had its time after the page came. */
function usePatience(pageIsHere: boolean): boolean {
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    if (!pageIsHere) return;
    const done = busy();
    const timer = setTimeout(() => {
      setPatient(false);
      done();
    }, VERDICT_PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      done();
    };
  }, [pageIsHere]);
  return patient;
}

function useSelectedSpan(): [string | undefined, (spanId: string | undefined) => void] {
  const [params, setParams] = useSearchParams();
  const select = useCallback(
    (spanId: string | undefined) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (spanId === undefined) next.delete("span");
          else next.set("span", spanId);
          return next;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    [setParams],
  );
  return [params.get("span") ?? undefined, select];
}

function PageFailure(props: {
  readonly error: Error;
  readonly traceId: string;
  readonly onRetry: () => void;
}): ReactNode {
  const missing = props.error instanceof HttpError && props.error.status === 404;
  return (
    <Notice title={missing ? "This trace is not here" : "The trace could not be read"} tone="error">
      <p>
        {missing ? (
          <>
            No span of <code>{props.traceId}</code> is stored. It may not have arrived yet, may not
            have been sampled, or its retention has ended.
          </>
        ) : (
          props.error.message
        )}
      </p>
      <p className="notice-actions">
        <button type="button" className="button" onClick={props.onRetry}>
          Try again
        </button>
        <Link className="button" to="/">
          Recent traces
        </Link>
      </p>
    </Notice>
  );
}

function Skeleton(): ReactNode {
  return (
    <main className="page trace-page" aria-busy="true">
      <p className="visually-hidden" role="status">
        Loading the trace
      </p>
      <div className="verdict">
        <VerdictSkeleton />
      </div>
    </main>
  );
}
