import pg from "pg";
import { products } from "./products.ts";
import { shelves } from "./shelves.ts";

/** Empties the shop's tables, or makes them, and fills the shelves: no run depends on an earlier one. */
export async function resetTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`
      DROP TABLE IF EXISTS order_items, orders, shelves, inventory;
      CREATE TABLE orders (
        order_id text PRIMARY KEY,
        user_id text NOT NULL,
        payment_method text NOT NULL,
        transaction_id text NOT NULL,
        total_amount numeric(12, 2) NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE order_items (
        order_id text NOT NULL REFERENCES orders,
        product text NOT NULL,
        price numeric(12, 2) NOT NULL,
        quantity int NOT NULL
      );
      CREATE TABLE inventory (
        product text PRIMARY KEY,
        stock int NOT NULL CHECK (stock >= 0)
      );
      CREATE TABLE shelves (
        shelf int PRIMARY KEY,
        product text NOT NULL REFERENCES inventory
      );`);
    await client.query(
      "INSERT INTO inventory (product, stock) SELECT * FROM unnest($1::text[], $2::int[])",
      [products.map((product) => product.name), products.map((product) => product.stock)],
    );
    await client.query(
      "INSERT INTO shelves (shelf, product) SELECT * FROM unnest($1::int[], $2::text[])",
      [shelves, shelves.map((shelf) => products[shelf % products.length]?.name)],
    );
  } finally {
    await client.end();
  }
}

/** Creates `order_db` on a new server, and says how to reach it. */
export async function createDatabase(port: number, password: string): Promise<string> {
  const urlOf = (database: string): string =>
    `postgresql://postgres:${password}@localhost:${port}/${database}`;
  const client = new pg.Client({ connectionString: urlOf("postgres") });
  await client.connect();
  try {
    await client.query("CREATE DATABASE order_db");
  } finally {
    await client.end();
  }
  return urlOf("order_db");
}
