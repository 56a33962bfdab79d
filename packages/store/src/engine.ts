// The transport under the store: the same SQL and the same insert bytes, to an engine in this process or (later) to a
// ClickHouse server. Nothing above it knows which.

import type { NativeColumn } from "./native-column.ts";

export interface NativeBlockColumns {
  readonly columns: readonly NativeColumn[];
  readonly rows: number;
}

export interface NativeInsert {
  /** With its database. */
  readonly table: string;
  /** At least one; of the same columns. */
  readonly blocks: readonly NativeBlockColumns[];
}

export interface Engine {
  /**
   * Writes all of the blocks, or nothing. Resolves when it is on disk and can be read; rejects with StoreUnavailable.
   * The bytes of the columns must not change until then. Inserts run one after the other.
   */
  insert(block: NativeInsert): Promise<void>;
  /**
   * Runs a statement that answers with rows; they come in the Native format. Reads run beside inserts. Rejects with
   * StatementTooLong.
   */
  select(sql: string): Promise<Uint8Array>;
  /** Runs a statement that answers nothing. */
  command(sql: string): Promise<void>;
  /** The same beside the others' queues: what runs here never lets an insert or a read of theirs wait in line. */
  readonly background: Pick<Engine, "insert" | "select">;
  /** Waits for what runs and lets go of the database. */
  close(): Promise<void>;
}
