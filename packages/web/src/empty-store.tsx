import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { Notice } from "./notice.tsx";

export function EmptyStore(props: { readonly onRefresh: () => void }): ReactNode {
  const endpoint = `http://${window.location.hostname}:4318`;
  const environment = `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`;
  return (
    <Notice title="No spans yet">
      <p>
        Culprit is running and waits for spans. Point any OpenTelemetry SDK or Collector at it: OTLP
        over HTTP on port 4318, over gRPC on 4317.
      </p>
      <div className="snippet">
        <pre>{environment}</pre>
        <CopyButton
          className="link-button"
          label="Copy these settings"
          text={() => `${environment}\n`}
        >
          Copy
        </CopyButton>
      </div>
      <p>
        From a file: <code>culprit import traces.json</code>
      </p>
      <button type="button" className="button" onClick={props.onRefresh}>
        Look again
      </button>
    </Notice>
  );
}
