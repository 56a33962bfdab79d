// Where failures began: erring spans none of whose descendants errs.

import type { TraceColumns } from "@culprit/trace-model";

/** 1 a row that is an origin. */
export function errorOrigins({ parent, errs }: TraceColumns): Uint8Array {
  const isAboveError = new Uint8Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    if (errs[row] !== 1) continue;
    let above = parent[row] as number;
    while (above >= 0 && isAboveError[above] === 0) {
      isAboveError[above] = 1;
      above = parent[above] as number;
    }
  }
  const origin = new Uint8Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    if (errs[row] === 1 && isAboveError[row] === 0) origin[row] = 1;
  }
  return origin;
}
