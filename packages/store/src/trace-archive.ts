/** The port through which traces are kept apart from retention: what is archived is found by its id for good. */
export interface TraceArchive {
  /**
   * Keeps all spans of the trace that are stored now, on disk when this resolves; archiving again adds what has come since.
   * False when no span of it is stored. Rejects with StoreUnavailable, and can then be tried again.
   * @param traceId 32 lower-case hex digits
   */
  archive(traceId: string): Promise<boolean>;
}
