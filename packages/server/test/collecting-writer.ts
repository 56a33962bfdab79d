// A SpanWriter that keeps spans in memory and lets a test decide when and how a commit ends.

import type { AppendOutcome, SpanWriter, WriterStatus } from "@culprit/store";
import { type Span, SpanCollector, type SpanSink } from "@culprit/trace-model";

export class CollectingWriter implements SpanWriter {
  readonly spans: Span[] = [];
  overloaded = false;
  /** What the next commits end with. */
  commit: () => Promise<void> = async () => undefined;

  get status(): WriterStatus {
    return {
      pendingSpans: 0,
      waitingShare: 0,
      pendingBytes: 0,
      committedSpans: this.spans.length,
      committedBlocks: 0,
    };
  }

  append<T>(fill: (sink: SpanSink) => T): AppendOutcome<T> {
    if (this.overloaded) return { kind: "overloaded", retryAfterMs: 1500 };
    const collector = new SpanCollector();
    const result = fill(collector);
    const committed = this.commit().then(() => {
      this.spans.push(...collector.spans);
    });
    return { kind: "accepted", result, committed };
  }

  async flush(): Promise<void> {}
}
