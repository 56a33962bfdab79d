/** Where the products stand, by number; more shelves than products. */
export const shelves: readonly number[] = Array.from({ length: 12 }, (_, k) => k + 1);
