// Inputs that are nearly right: samples with bytes flipped, cut, repeated and mixed. An input depends on the seed and
// its number alone, so that it can be made again.

/** mulberry32: https://github.com/cprosche/mulberry32 */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 to 2^32-1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to count-1 */
  below(count: number): number {
    return this.next() % count;
  }

  /** Small ones more often. */
  size(most: number): number {
    return 1 + this.below(1 + this.below(most));
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

export interface Samples {
  /** Inputs as they should be. */
  readonly inputs: readonly Uint8Array[];
  /** Pieces that mean something in the format. */
  readonly tokens: readonly Uint8Array[];
}

const MAX_INPUT_BYTES = 65_507;
/** Lengths and counts that a decoder should not believe. */
const CLAIMS: readonly number[] = [
  0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

type Mutate = (bytes: Uint8Array, dice: Dice, samples: Samples) => Uint8Array;

const flipBit: Mutate = (bytes, dice) => {
  const at = dice.below(bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << dice.below(8));
  return bytes;
};

const setByte: Mutate = (bytes, dice) => {
  bytes[dice.below(bytes.length)] = dice.next();
  return bytes;
};

const claim: Mutate = (bytes, dice) => {
  const at = dice.below(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length - at >= 4) view.setUint32(at, dice.of(CLAIMS), dice.below(2) === 0);
  else bytes[at] = dice.of(CLAIMS);
  return bytes;
};

const longVarint: Mutate = (bytes, dice) => {
  const at = dice.below(bytes.length);
  bytes.fill(0xff, at, at + dice.size(12));
  return bytes;
};

const truncate: Mutate = (bytes, dice) => bytes.subarray(0, dice.below(bytes.length));

const remove: Mutate = (bytes, dice) => {
  const at = dice.below(bytes.length);
  return joined(bytes.subarray(0, at), bytes.subarray(at + dice.size(64)));
};

const insertToken: Mutate = (bytes, dice, { tokens }) => {
  const at = dice.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), dice.of(tokens), bytes.subarray(at));
};

const repeatToken: Mutate = (bytes, dice, { tokens }) => {
  const at = dice.below(bytes.length + 1);
  const many = repeated(dice.of(tokens), dice.size(10_000));
  return joined(bytes.subarray(0, at), many, bytes.subarray(at));
};

const repeatPart: Mutate = (bytes, dice) => {
  const at = dice.below(bytes.length);
  const end = at + dice.size(200);
  const many = repeated(bytes.subarray(at, end), dice.size(40));
  return joined(bytes.subarray(0, at), many, bytes.subarray(end));
};

const movePart: Mutate = (bytes, dice) => {
  const from = dice.below(bytes.length);
  bytes.copyWithin(dice.below(bytes.length), from, from + dice.size(64));
  return bytes;
};

const splice: Mutate = (bytes, dice, { inputs }) => {
  const other = dice.of(inputs);
  return joined(
    bytes.subarray(0, dice.below(bytes.length)),
    other.subarray(dice.below(other.length + 1)),
  );
};

/** By how often each is used. */
const MUTATIONS: readonly Mutate[] = [
  ...[flipBit, flipBit, flipBit, flipBit, setByte, setByte, claim, claim, longVarint],
  ...[truncate, remove, insertToken, insertToken, repeatPart, movePart, movePart, splice],
  repeatToken,
];

export function mutated(seed: number, number: number, samples: Samples): Uint8Array {
  const dice = new Dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  let bytes = dice.of(samples.inputs).slice();
  for (let left = dice.size(4); left > 0 && bytes.length > 0; left--) {
    bytes = dice.of(MUTATIONS)(bytes, dice, samples).slice(0, MAX_INPUT_BYTES);
  }
  return bytes;
}

function repeated(part: Uint8Array, times: number): Uint8Array {
  const fitting = Math.min(times, Math.ceil(MAX_INPUT_BYTES / Math.max(1, part.length)));
  const bytes = new Uint8Array(part.length * fitting);
  for (let n = 0; n < fitting; n++) bytes.set(part, n * part.length);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
