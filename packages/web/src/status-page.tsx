import type { DoorStatus, Status } from "@culprit/api";
import { type ReactNode, useEffect, useState } from "react";
import { doorTroubles } from "./door-troubles.ts";
import { Notice } from "./notice.tsx";
import { formatCount, formatDuration, plural } from "./time-format.ts";
import { useResource } from "./use-resource.ts";

/** Often enough to see whether spans come in. */
const REFRESH_MS = 5_000;

export function StatusPage(): ReactNode {
  const [version, setVersion] = useState(0);
  const status = useResource<Status>("/api/culprit/status", version);
  useEffect(() => {
    document.title = "Status · Culprit";
    const timer = setInterval(() => setVersion((before) => before + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  if (status.state === "failed") {
    return (
      <main className="page">
        <Notice title="Culprit does not answer" tone="error">
          <p>{status.error.message}</p>
          <button type="button" className="button" onClick={() => setVersion(version + 1)}>
            Try again
          </button>
        </Notice>
      </main>
    );
  }
  const shown = status.state === "ready" ? status.data : status.stale;
  return (
    <main className="page status-page">
      <h1 className="visually-hidden">Status</h1>
      {shown === undefined ? <p role="status">Loading…</p> : <Figures status={shown} />}
    </main>
  );
}

function Figures(props: { readonly status: Status }): ReactNode {
  const { doors, writer, verdicts } = props.status;
  return (
    <>
      {writer.overloaded && (
        <p className="warnings" role="alert">
          Too much waits for the disk: exporters are told to come back later.
        </p>
      )}
      <dl className="status-figures">
        <Figure name="Spans on disk" note="since the start">
          {formatCount(writer.committedSpans)}
        </Figure>
        <Figure name="Spans pending" note="not on disk yet">
          {formatCount(writer.pendingSpans)}
        </Figure>
        <Figure
          name="Verdicts behind"
          note={`${plural(verdicts.judgedTraces, "trace")} judged since the start`}
        >
          {formatDuration(verdicts.lagNanos)}
        </Figure>
        {verdicts.unjudgedTraces > 0 && (
          <Figure name="Not judged" note="too large, or judging failed">
            {plural(verdicts.unjudgedTraces, "trace")}
          </Figure>
        )}
        {verdicts.failedTurns > 0 && (
          <Figure name="Judging failed" note="and was tried again">
            {plural(verdicts.failedTurns, "time")}
          </Figure>
        )}
      </dl>
      <Doors doors={doors} />
    </>
  );
}

function Figure(props: {
  readonly name: string;
  readonly note: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        <strong>{props.children}</strong>
        <small>{props.note}</small>
      </dd>
    </div>
  );
}

function Doors(props: { readonly doors: readonly DoorStatus[] }): ReactNode {
  if (props.doors.length === 0) return <p>No door for spans is open.</p>;
  return (
    <section aria-labelledby="doors-title">
      <h2 id="doors-title">Doors</h2>
      <table className="door-table">
        <thead>
          <tr>
            <th scope="col">Door</th>
            <th scope="col">Address</th>
            <th scope="col">Spans</th>
            <th scope="col">Rejected spans</th>
            <th scope="col">Refused and lost</th>
          </tr>
        </thead>
        <tbody>
          {props.doors.map((door) => (
            <tr key={door.name}>
              <th scope="row">{door.name}</th>
              <td className="mono">{door.address}</td>
              <td data-label="spans">{formatCount(door.spans)}</td>
              <td data-label="rejected">
                <Trouble count={door.rejectedSpans} />
              </td>
              <td className="door-troubles" data-label="refused and lost">
                <Troubles door={door} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Trouble(props: { readonly count: number }): ReactNode {
  return (
    <span className={props.count > 0 ? "error-count" : "muted"}>{formatCount(props.count)}</span>
  );
}

function Troubles(props: { readonly door: DoorStatus }): ReactNode {
  const troubles = doorTroubles(props.door);
  if (troubles.length === 0) return <span className="muted">none</span>;
  return (
    <ul>
      {troubles.map((trouble) => (
        <li key={trouble} className="error-count">
          {trouble}
        </li>
      ))}
    </ul>
  );
}
