import type { HrTime } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";

/**
 * The SDK starts a span at `Date.now()`, cut to whole milliseconds, but measures its end to the nanosecond
 * from there. Of two spans that run one after the other the second then seems to start before the first has
 * ended, by up to a millisecond: they look parallel, and the critical path leaves the first one out. This
 * sets the start from the same monotonic clock that measures the end. Spans with a start time of their
 * own, and spans of an SDK that keeps its clock elsewhere, are left as they are.
 */
export class ExactStartProcessor implements SpanProcessor {
  readonly #clock = new WallClock();

  onStart(span: Span): void {
    const timed = span as unknown as TimedSpan;
    if (timed._performanceStartTime === undefined || timed._startTimeProvided !== false) return;
    const [seconds, nanos] = timed.startTime;
    const dateMs = seconds * 1000 + nanos / 1e6;
    timed.startTime = this.#clock.at(timed._performanceStartTime, dateMs);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

interface TimedSpan {
  startTime: HrTime;
  /** `performance.now()`, read just after the `Date.now()` that `startTime` holds. */
  readonly _performanceStartTime?: number;
  readonly _startTimeProvided?: boolean;
}

/**
 * Wall-clock time of monotonic readings. Their difference changes as the system clock is corrected; a
 * `Date.now()` bounds it to one millisecond, and it is moved only when it leaves the bounds and only as far
 * as they say. So readings stay in order, and never drift from the system clock by more than that.
 */
export class WallClock {
  #offsetMs: number;

  constructor(offsetMs: number = performance.timeOrigin) {
    this.#offsetMs = offsetMs;
  }

  /** `dateMs` is a `Date.now()` read before `monotonicMs`. */
  at(monotonicMs: number, dateMs: number): HrTime {
    const least = dateMs - monotonicMs;
    if (this.#offsetMs < least) this.#offsetMs = least;
    // Not yet a proof: the process may have been paused between the two readings.
    else if (this.#offsetMs > least + 1) this.#lower();
    const wholeMs = Math.floor(this.#offsetMs);
    // Apart from the 13 digits of the epoch, whose doubles are a quarter of a microsecond apart.
    const restMs = monotonicMs + (this.#offsetMs - wholeMs);
    const restWholeMs = Math.floor(restMs);
    const totalMs = wholeMs + restWholeMs;
    const seconds = Math.floor(totalMs / 1000);
    const nanos = (totalMs - seconds * 1000) * 1e6 + Math.round((restMs - restWholeMs) * 1e6);
    return nanos < 1e9 ? [seconds, nanos] : [seconds + 1, nanos - 1e9];
  }

  #lower(): void {
    const monotonicMs = performance.now();
    const most = Date.now() + 1 - monotonicMs;
    if (this.#offsetMs > most) this.#offsetMs = most;
  }
}
