// Where failures began: failing spans none of whose descendants fails.

/**
 * 1 a row that is an origin.
 *
 * @param failing 1 a row that fails
 */
export function errorOrigins(parent: Int32Array, failing: Uint8Array): Uint8Array {
  const isAboveFailure = new Uint8Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    if (failing[row] !== 1) continue;
    let above = parent[row] as number;
    while (above >= 0 && isAboveFailure[above] === 0) {
      isAboveFailure[above] = 1;
      above = parent[above] as number;
    }
  }
  const origin = new Uint8Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    if (failing[row] === 1 && isAboveFailure[row] === 0) origin[row] = 1;
  }
  return origin;
}
