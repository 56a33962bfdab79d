/** Where a piece of work stands in its trace. As plain data it can be stored with a job and continued later. */
export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Absent on a root, and on a context that came over the wire: W3C does not carry the parent's parent. */
  readonly parentSpanId?: string;
  /** W3C baggage: what the callers sent along, values as text. */
  readonly baggage: Readonly<Record<string, string>>;
  /** W3C trace flags; bit 0 says that the caller records this trace. */
  readonly traceFlags: number;
  /** W3C tracestate, unread. */
  readonly traceState?: string;
}
