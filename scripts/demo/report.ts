import type { OrderRequest, OrderResult } from "@culprit/shop";
import type { Judged } from "./run-demo.ts";

const words: Readonly<Record<string, string>> = {
  completed: "completed",
  payment_declined: "failed, payment declined",
  insufficient_stock: "failed, not enough stock",
  database_timeout: "failed, the database cancelled the save",
};

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function orderLine(
  number: number,
  count: number,
  order: OrderRequest,
  result: OrderResult,
): string {
  const items = order.items.map(({ name, price }) => `${name} ${price}`).join(" and ");
  const outcome = words[result.outcome] ?? result.outcome;
  return `Order ${number} of ${count}: ${order.user_id}, ${items}, ${order.payment_method}: ${outcome} after ${seconds(result.durationMs)}`;
}

export function orderBlock(number: number, { result, verdict }: Judged): string {
  const lines = [
    `\nOrder ${number}: ${words[result.outcome] ?? result.outcome}${result.orderId === undefined ? "" : ` (${result.orderId})`}`,
    `  trace    ${result.traceId}`,
    `  verdict  ${verdict?.summary}`,
  ];
  if (result.message !== undefined) lines.splice(1, 0, `  answer   ${result.message}`);
  return lines.join("\n");
}

export function totalsBlock(judged: readonly Judged[]): string {
  const succeeded = judged.filter(({ result }) => result.outcome === "completed").length;
  const nanos = judged.map(({ verdict }) => verdict?.durationNanos ?? 0);
  const meanMs = nanos.reduce((sum, value) => sum + value, 0) / Math.max(1, nanos.length) / 1e6;
  return `\nTotals: ${succeeded} succeeded, ${judged.length - succeeded} failed, mean duration ${seconds(meanMs)}`;
}

export function whereToLook(port: string, judged: readonly Judged[]): string {
  const page = `http://localhost:${port}`;
  const links = judged.map(({ result }, k) => `  order ${k + 1}  ${page}/trace/${result.traceId}`);
  return [`\nWhere to look: ${page}`, ...links].join("\n");
}
