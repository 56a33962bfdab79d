// The critical path of one trace as call stacks: for each stack that was on it, for how long its innermost span was.
// A span on the path was stepped into from its parent, so its ancestors up to the root are the stack, as a flame graph
// wants it. Stacks of the same operations are one; those that share their outer frames share their entries, so that a
// trace costs an entry a call and not a text a stack.

import { type DurationNanos, int32Column, type Trace, uint8Column } from "@culprit/trace-model";
import type { CriticalPath } from "../critical-path.ts";

export interface StackShare {
  /** Of the innermost frame. */
  readonly service: string;
  readonly operation: string;
  /** Place of the entry that called it, lower than its own; -1 for the root's. */
  readonly parent: number;
  /** 0 for a frame that only leads to others. */
  readonly nanos: DurationNanos;
}

/** Frames of a stack; of a deeper one the outermost and the innermost are kept. */
export const MAX_FRAMES = 64;
/** Whole stacks of a trace, the largest; of others the root and the innermost, or a trace would grow with its size. */
export const MAX_STACKS = 1000;

/** @param pathNanos time on the critical path, one a row @returns callers first; sums to the root's duration */
export function pathStacks(
  trace: Trace,
  path: CriticalPath,
  pathNanos: Float64Array,
): StackShare[] {
  const tree = new StackTree(trace);
  const { parent } = trace;
  const nodeOfRow = int32Column(trace.spans.length).fill(NOT_STEPPED);
  // The path goes back and forth; a row's node needs those of all above it first.
  const above: number[] = [];
  for (const section of path.row) {
    for (let row = section; row >= 0 && nodeOfRow[row] === NOT_STEPPED; ) {
      above.push(row);
      row = parent[row] as number;
    }
    for (let row = above.pop(); row !== undefined; row = above.pop()) {
      const caller = parent[row] as number;
      nodeOfRow[row] = tree.child(caller < 0 ? -1 : (nodeOfRow[caller] as number), row);
      tree.add(nodeOfRow[row] as number, pathNanos[row] as number);
    }
  }
  return tree.shares();
}

const NOT_STEPPED = -2;

/** Nodes in the order in which the path first came to them; a caller before what it calls. */
class StackTree {
  readonly #trace: Trace;
  readonly #parent: number[] = [];
  readonly #operation: number[] = [];
  readonly #depth: number[] = [];
  readonly #nanos: number[] = [];
  /** By caller and operation. */
  readonly #children = new Map<number, number>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** @param parent -1 for none */
  child(parent: number, row: number): number {
    const isFull = parent >= 0 && this.#depth[parent] === MAX_FRAMES;
    const under = isFull ? (this.#parent[parent] as number) : parent;
    const operation = this.#trace.operation[row] as number;
    const name = (under + 1) * this.#trace.operations.length + operation;
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
    if (this.#parent.length <= MAX_STACKS) {
      return this.#parent.map((parent, node) =>
        this.#share(this.#operationOf(node), parent, this.#nanosOf(node)),
      );
    }
    const kept = this.#largest();
    const shares: StackShare[] = [];
    const place = int32Column(this.#parent.length);
    const short = new Map<number, DurationNanos>();
    for (const [node, parent] of this.#parent.entries()) {
      const operation = this.#operationOf(node);
      const nanos = this.#nanosOf(node);
      if (kept[node] === 0) {
        short.set(operation, (short.get(operation) ?? 0) + nanos);
        continue;
      }
      place[node] = shares.length;
      shares.push(this.#share(operation, parent < 0 ? -1 : (place[parent] as number), nanos));
    }
    for (const [operation, nanos] of short) shares.push(this.#share(operation, 0, nanos));
    return shares;
  }

  /** 1 for the nodes with the most time and all above them. */
  #largest(): Uint8Array {
    const kept = uint8Column(this.#parent.length);
    const largestFirst = [...this.#nanos.keys()].sort(
      (a, b) => this.#nanosOf(b) - this.#nanosOf(a) || a - b,
    );
    for (const node of largestFirst.slice(0, MAX_STACKS)) {
      for (let at = node; at >= 0 && kept[at] === 0; at = this.#parent[at] as number) kept[at] = 1;
    }
    return kept;
  }

  #nanosOf(node: number): DurationNanos {
    return this.#nanos[node] as number;
  }

  #operationOf(node: number): number {
    return this.#operation[node] as number;
  }

  #share(operation: number, parent: number, nanos: DurationNanos): StackShare {
    const { services, operations } = this.#trace;
    const entry = operations[operation];
    if (entry === undefined) throw new Error(`the trace has no operation ${operation}`);
    return { service: services[entry.service] as string, operation: entry.name, parent, nanos };
  }
}
