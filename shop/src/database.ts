import pg from "pg";
import { requiredEnv } from "./call-service.ts";

export const poolName = "order_db_pool";
export const connectionTimeoutMs = 5000;
export const poolSize: number = Number(process.env.SHOP_POOL_MAX ?? 20);
const filledConnections = 6;

/** `statementTimeoutMs` is PostgreSQL's own: the server cancels, with 57014. */
export function openPool(statementTimeoutMs?: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: requiredEnv("DATABASE_URL"),
    max: poolSize,
    // Kept for as long as the process lives: opening one in the middle of an order makes it wait.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectionTimeoutMs,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}

/** Opens what ordinary traffic needs, before the first order comes. */
export async function fillPool(pool: pg.Pool): Promise<void> {
  const count = Math.min(poolSize, filledConnections);
  const clients = await Promise.all(Array.from({ length: count }, () => pool.connect()));
  for (const client of clients) client.release();
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
