import type { SpanDetail } from "@culprit/api";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { Link } from "react-router";
import { AttributeTable } from "./attribute-table.tsx";
import { type PathOverlay, pathNanos } from "./path-overlay.ts";
import { selfNanos } from "./self-time.ts";
import { ServiceDot } from "./service-chip.tsx";
import { SpanLink } from "./span-link.tsx";
import { formatDuration, formatInstant, unixMillis } from "./time-format.ts";
import {
  at,
  KINDS,
  operationName,
  STATUS_ERROR,
  serviceName,
  type TraceColumns,
} from "./trace-columns.ts";
import { type Resource, useResource } from "./use-resource.ts";
import { ErrorMark } from "./waterfall-row.tsx";

export function SpanPanel(props: {
  readonly columns: TraceColumns;
  readonly overlay: PathOverlay | undefined;
  readonly row: number;
  readonly onSelect: (spanId: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { columns, row, onClose } = props;
  const spanId = columns.spanIds[row] ?? "";
  const [version, setVersion] = useState(0);
  const detail = useResource<SpanDetail>(
    `/api/culprit/traces/${columns.traceId}/spans/${spanId}`,
    version,
  );
  const failed = columns.status[row] === STATUS_ERROR;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "Escape") onClose();
  };
  return (
    <aside className="panel" aria-label="Span details" onKeyDown={onKeyDown}>
      <header className="panel-head">
        <div>
          <p className="panel-service">
            <ServiceDot service={serviceName(columns, row)} />
            <span className="panel-name">{serviceName(columns, row)}</span>
            <span className="muted">{KINDS[at(columns.kind, row)] ?? ""}</span>
          </p>
          <h2 className="panel-name">
            {failed && <ErrorMark />}
            {operationName(columns, row)}
          </h2>
        </div>
        <button type="button" className="icon-button" aria-label="Close details" onClick={onClose}>
          ×
        </button>
      </header>
      <Figures {...props} />
      <Detail detail={detail} onRetry={() => setVersion(version + 1)} {...props} />
    </aside>
  );
}

function Figures(props: {
  readonly columns: TraceColumns;
  readonly overlay: PathOverlay | undefined;
  readonly row: number;
}): ReactNode {
  const { columns, overlay, row } = props;
  return (
    <dl className="figures">
      <div>
        <dt>Duration</dt>
        <dd>{formatDuration(at(columns.duration, row))}</dd>
      </div>
      <div>
        <dt>Self time</dt>
        <dd>{formatDuration(selfNanos(columns, row))}</dd>
      </div>
      <div>
        <dt>On the path</dt>
        <dd>{overlay === undefined ? "–" : formatDuration(pathNanos(overlay, row))}</dd>
      </div>
      <div>
        <dt>Starts at</dt>
        <dd>+{formatDuration(at(columns.start, row))}</dd>
      </div>
    </dl>
  );
}

function Detail(props: {
  readonly detail: Resource<SpanDetail>;
  readonly columns: TraceColumns;
  readonly row: number;
  readonly onSelect: (spanId: string) => void;
  readonly onRetry: () => void;
}): ReactNode {
  const { detail, columns, row, onSelect } = props;
  if (detail.state === "failed") {
    return (
      <div className="panel-failure" role="alert">
        <p>{detail.error.message}</p>
        <button type="button" className="button" onClick={props.onRetry}>
          Try again
        </button>
      </div>
    );
  }
  const data = detail.state === "ready" ? detail.data : detail.stale;
  if (data === undefined) return <div className="panel-body skeleton" aria-busy="true" />;
  const parent = columns.spanIds[at(columns.parent, row)];
  return (
    <div className="panel-body" data-stale={detail.state === "loading"}>
      {data.status.message !== "" && <p className="status-message">{data.status.message}</p>}
      {data.warnings.length > 0 && (
        <ul className="warnings" aria-label="Warnings">
          {data.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <AttributeTable title="Attributes" attributes={data.attributes} service={data.service} />
      <Events detail={data} />
      <Links detail={data} />
      <AttributeTable title="Resource" attributes={data.resource} service={data.service} />
      <section>
        <h3>Span</h3>
        <dl className="facts-list">
          <Fact name="Span id" value={data.spanId} />
          <Fact name="Starts" value={formatInstant(data.startUnixNano)} />
          <Fact name="Status" value={data.status.code} />
          <Fact name="Scope" value={`${data.scope.name} ${data.scope.version}`.trim()} />
          <Fact name="Trace state" value={data.traceState} />
          {parent !== undefined && (
            <div>
              <dt>Parent</dt>
              <dd>
                <SpanLink columns={columns} spanId={parent} onSelect={onSelect} />
              </dd>
            </div>
          )}
        </dl>
      </section>
      <AttributeTable
        title="Scope attributes"
        attributes={data.scope.attributes}
        service={data.service}
      />
    </div>
  );
}

function Fact(props: { readonly name: string; readonly value: string }): ReactNode {
  if (props.value === "") return null;
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Events(props: { readonly detail: SpanDetail }): ReactNode {
  const { events, startUnixNano, service } = props.detail;
  if (events.length === 0) return null;
  const start = BigInt(startUnixNano);
  return (
    <section>
      <h3>
        Events <small>{events.length}</small>
      </h3>
      {events.map((event, index) => (
        <div key={index} className="event">
          <p>
            <b>{event.name}</b>{" "}
            <time
              dateTime={new Date(unixMillis(event.timeUnixNano)).toISOString()}
              className="muted"
            >
              {offset(BigInt(event.timeUnixNano) - start)}
            </time>
          </p>
          <AttributeTable attributes={event.attributes} service={service} />
        </div>
      ))}
    </section>
  );
}

function offset(nanos: bigint): string {
  return nanos < 0n ? `−${formatDuration(Number(-nanos))}` : `+${formatDuration(Number(nanos))}`;
}

function Links(props: { readonly detail: SpanDetail }): ReactNode {
  const { links, service } = props.detail;
  if (links.length === 0) return null;
  return (
    <section>
      <h3>
        Links <small>{links.length}</small>
      </h3>
      {links.map((link) => (
        <div key={`${link.traceId} ${link.spanId}`} className="event">
          <p>
            <Link className="mono" to={`/trace/${link.traceId}?span=${link.spanId}`}>
              {link.traceId.slice(0, 16)}… / {link.spanId}
            </Link>
          </p>
          <AttributeTable attributes={link.attributes} service={service} />
        </div>
      ))}
    </section>
  );
}
