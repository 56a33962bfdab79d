// The critical path of one trace as call stacks: for each stack that was on it, for how long its innermost span was.
// A span on the path was stepped into from its parent, so its ancestors up to the root are the stack, as a flame graph
// wants it. Stacks of the same operations are one.

import type { DurationNanos, Trace } from "@culprit/trace-model";
import { type CriticalPath, nanosByRow } from "../critical-path.ts";
import { FRAME_SEPARATOR, frameOf } from "./frame.ts";

export interface StackShare {
  /** Of the innermost span. */
  readonly service: string;
  readonly operation: string;
  /** Frames from the root to the innermost span, as folded stacks spell them. */
  readonly stack: string;
  readonly nanos: DurationNanos;
}

/** Frames of a stack; of a deeper one the outermost and the innermost are kept. Some 2 KB of text. */
export const MAX_FRAMES = 64;
/** Whole stacks of a trace, the largest; of others the root and the innermost, or a trace would grow by depth times width. */
export const MAX_STACKS = 1000;

/** The largest first, ties by stack, service and operation; sums to the root's duration. */
export function pathStacks(trace: Trace, path: CriticalPath): StackShare[] {
  const tree = new StackTree(trace);
  const pathNanos = nanosByRow(path, trace.spans.length);
  // Sections come by time; rows come by depth, as the tree needs them.
  const nodeOfRow = new Int32Array(trace.spans.length).fill(-1);
  const rows = rowsStepped(trace, path);
  for (const row of rows) {
    const parent = trace.parent[row] as number;
    const node = tree.child(parent < 0 ? -1 : (nodeOfRow[parent] as number), row);
    nodeOfRow[row] = node;
    tree.add(node, pathNanos[row] as number);
  }
  return tree.shares().sort((a, b) => b.nanos - a.nanos || order(key(a), key(b)));
}

/** Rows on the path and all above them, ascending. */
function rowsStepped(trace: Trace, path: CriticalPath): number[] {
  const stepped = new Uint8Array(trace.spans.length);
  for (const section of path.row) {
    for (let row = section; row >= 0 && stepped[row] === 0; row = trace.parent[row] as number) {
      stepped[row] = 1;
    }
  }
  const rows: number[] = [];
  stepped.forEach((is, row) => {
    if (is === 1) rows.push(row);
  });
  return rows;
}

function key({ stack, service, operation }: StackShare): string {
  return `${stack}\n${service}\n${operation}`;
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Stacks that share their outer frames share nodes. */
class StackTree {
  readonly #trace: Trace;
  readonly #parent: number[] = [];
  readonly #operation: number[] = [];
  readonly #depth: number[] = [];
  readonly #nanos: number[] = [];
  readonly #children = new Map<string, number>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** @param parent -1 for none */
  child(parent: number, row: number): number {
    const isFull = parent >= 0 && this.#depth[parent] === MAX_FRAMES;
    const under = isFull ? (this.#parent[parent] as number) : parent;
    const operation = this.#trace.operation[row] as number;
    const name = `${under} ${operation}`;
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const node = this.#parent.length;
    this.#children.set(name, node);
    this.#parent.push(under);
    this.#operation.push(operation);
    this.#depth.push(under < 0 ? 1 : (this.#depth[under] as number) + 1);
    this.#nanos.push(0);
    return node;
  }

  add(node: number, nanos: DurationNanos): void {
    this.#nanos[node] = this.#nanosOf(node) + nanos;
  }

  shares(): StackShare[] {
    const largestFirst = [...this.#nanos.keys()]
      .filter((node) => this.#nanosOf(node) > 0)
      .sort((a, b) => this.#nanosOf(b) - this.#nanosOf(a) || a - b);
    const shares = largestFirst
      .slice(0, MAX_STACKS)
      .map((node) => this.#share(this.#operationOf(node), this.#frames(node), this.#nanosOf(node)));
    const short = new Map<number, DurationNanos>();
    for (const node of largestFirst.slice(MAX_STACKS)) {
      const operation = this.#operationOf(node);
      short.set(operation, (short.get(operation) ?? 0) + this.#nanosOf(node));
    }
    for (const [operation, nanos] of short) {
      const frames = [this.#operationOf(0), operation].map((at) => this.#frame(at));
      shares.push(this.#share(operation, frames, nanos));
    }
    return shares;
  }

  #nanosOf(node: number): DurationNanos {
    return this.#nanos[node] as number;
  }

  #operationOf(node: number): number {
    return this.#operation[node] as number;
  }

  #share(operation: number, frames: readonly string[], nanos: DurationNanos): StackShare {
    const { service, name } = this.#named(operation);
    return { service, operation: name, stack: frames.join(FRAME_SEPARATOR), nanos };
  }

  #frames(node: number): string[] {
    const frames: string[] = [];
    for (let at = node; at >= 0; at = this.#parent[at] as number) {
      frames.push(this.#frame(this.#operationOf(at)));
    }
    return frames.reverse();
  }

  #frame(operation: number): string {
    const { service, name } = this.#named(operation);
    return frameOf(service, name);
  }

  #named(operation: number): { readonly service: string; readonly name: string } {
    const { services, operations } = this.#trace;
    const entry = operations[operation];
    if (entry === undefined) throw new Error(`the trace has no operation ${operation}`);
    return { service: services[entry.service] as string, name: entry.name };
  }
}
