import pg from "pg";
import { requiredEnv } from "./call-service.ts";

export const poolName = "order_db_pool";
export const connectionTimeoutMs = 5000;
export const poolSize: number = Number(process.env.SHOP_POOL_MAX ?? 20);

/** `statementTimeoutMs` is PostgreSQL's own: the server cancels, with 57014. */
export function openPool(statementTimeoutMs?: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: requiredEnv("DATABASE_URL"),
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}

/** BEGIN, the statements, COMMIT; ROLLBACK when one fails. A connection that cannot even roll back is thrown away. */
export async function inTransaction<Result>(
  client: pg.PoolClient,
  statements: () => Promise<Result>,
): Promise<Result> {
  await client.query("BEGIN");
  try {
    const result = await statements();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
