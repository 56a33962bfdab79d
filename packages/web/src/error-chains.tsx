import type { Verdict, VerdictError } from "@culprit/api";
import { type ReactNode, useState } from "react";
import { MoreButton } from "./service-shares.tsx";
import { SpanLink } from "./span-link.tsx";
import { formatDuration } from "./time-format.ts";
import type { SpanPicker } from "./verdict-panel.tsx";

const SHOWN_FIRST = 3;

export function ErrorChains(props: SpanPicker & { readonly verdict: Verdict }): ReactNode {
  const { errors } = props.verdict;
  const [all, setAll] = useState(false);
  const shown = all ? errors : errors.slice(0, SHOWN_FIRST);
  return (
    <section className="errors" aria-labelledby="errors-title">
      <h2 id="errors-title">
        Errors{" "}
        <small>
          {errors.length === 0 && "none"}
          {errors.length === 1 && "one origin"}
          {errors.length > 1 && `${errors.length} origins`}
        </small>
      </h2>
      {errors.length === 0 && <p className="muted">Every span of this trace went well.</p>}
      <ol className="chains">
        {shown.map((error) => (
          <Chain
            key={error.spanId}
            error={error}
            columns={props.columns}
            onSelect={props.onSelect}
          />
        ))}
      </ol>
      <MoreButton
        hidden={errors.length - shown.length}
        noun="errors"
        onClick={() => setAll(true)}
      />
    </section>
  );
}

function Chain(props: SpanPicker & { readonly error: VerdictError }): ReactNode {
  const { error, columns, onSelect } = props;
  return (
    <li className="chain">
      <p className="chain-message">
        <b>{error.type}</b> {error.message !== error.type && error.message}
      </p>
      <ol className="chain-spans">
        <li className="chain-origin">
          <small>began in</small>
          <SpanLink columns={columns} spanId={error.spanId} onSelect={onSelect} />
        </li>
        {error.propagatedTo.map((spanId, index) => (
          <li key={spanId}>
            <small>{index === 0 ? "then failed" : "then"}</small>
            <SpanLink columns={columns} spanId={spanId} onSelect={onSelect} />
          </li>
        ))}
        {error.swallowedBy !== null && (
          <li>
            <small>swallowed by</small>
            <SpanLink columns={columns} spanId={error.swallowedBy} onSelect={onSelect} />
          </li>
        )}
      </ol>
      {(!error.marked || error.criticalPathNanos > 0) && (
        <p className="chain-note">
          {error.criticalPathNanos > 0 &&
            `${formatDuration(error.criticalPathNanos)} of the critical path. `}
          {!error.marked && "The span's status does not say that it failed."}
        </p>
      )}
    </li>
  );
}
