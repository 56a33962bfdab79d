/** ClickHouse parses so much of a statement (max_query_size). */
export const MAX_STATEMENT_BYTES = 262_144;

/** A question's conditions make a longer statement than the engine takes: fewer or shorter ones are answered. */
export class StatementTooLong extends Error {
  override readonly name = "StatementTooLong";
}
