import type { Finding } from "@culprit/api";
import { type ReactNode, useState } from "react";
import { findingTitle } from "./finding-title.ts";
import { MoreButton } from "./service-shares.tsx";
import { SpanLink } from "./span-link.tsx";
import { formatDuration } from "./time-format.ts";
import type { SpanPicker } from "./verdict-panel.tsx";

const SHOWN_FIRST = 6;
const SPANS_SHOWN = 2;

export function FindingList(
  props: SpanPicker & { readonly findings: readonly Finding[] },
): ReactNode {
  const { findings, columns, onSelect } = props;
  const [all, setAll] = useState(false);
  if (findings.length === 0) return null;
  const shown = all ? findings : findings.slice(0, SHOWN_FIRST);
  return (
    <section className="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">
        Findings <small>{findings.length}</small>
      </h2>
      <ol className="finding-list">
        {shown.map((finding) => (
          <li
            key={`${finding.kind} ${finding.spanIds[0]} ${finding.evidence}`}
            className="finding"
            data-kind={finding.kind}
          >
            <div className="finding-kind">
              <b>{findingTitle(finding.kind)}</b>
              {finding.savingNanos !== null && finding.savingNanos > 0 && (
                <small>saves up to {formatDuration(finding.savingNanos)}</small>
              )}
            </div>
            <p className="finding-evidence clamp-5" title={finding.evidence}>
              {finding.evidence}
            </p>
            <p className="finding-advice clamp-5" title={finding.recommendation}>
              {finding.recommendation}
            </p>
            <FindingSpans spanIds={finding.spanIds} columns={columns} onSelect={onSelect} />
          </li>
        ))}
      </ol>
      <MoreButton
        hidden={findings.length - shown.length}
        noun="findings"
        onClick={() => setAll(true)}
      />
    </section>
  );
}

function FindingSpans(props: SpanPicker & { readonly spanIds: readonly string[] }): ReactNode {
  const rest = props.spanIds.length - SPANS_SHOWN;
  return (
    <ul className="finding-spans" aria-label="Spans that prove it">
      {props.spanIds.slice(0, SPANS_SHOWN).map((spanId) => (
        <li key={spanId}>
          <SpanLink columns={props.columns} spanId={spanId} onSelect={props.onSelect} />
        </li>
      ))}
      {rest > 0 && <li className="muted">and {rest} more</li>}
    </ul>
  );
}
