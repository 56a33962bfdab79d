// The port through which is read who called whom.

export interface Dependency {
  /** The calling service. */
  readonly parent: string;
  /** The called one; the same as the caller where a service calls itself. */
  readonly child: string;
  readonly callCount: number;
  /** Of these calls, those whose called span has the status ERROR. */
  readonly errorCount: number;
  /** Of the called spans' durations. */
  readonly p95Nanos: number;
}

export interface DependencyReader {
  /** Each pair once, bounds inclusive. @param query.service absent: of every service; else pairs that have it on either side */
  dependencies(query: {
    readonly startMinUnixNano: bigint;
    readonly startMaxUnixNano: bigint;
    readonly service?: string;
  }): Promise<readonly Dependency[]>;
}
