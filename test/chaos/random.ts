/** Random choices that a seed reproduces. */
export interface Choices {
  /** Uniform between `low` and `high`, both included for whole numbers. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(options: readonly T[]): T;
  /** An independent source for another part of a run, so that the draws of one part do not shift the other. */
  fork(): Choices;
}

/** Weyl sequence with a mixing step (mulberry32): 32 bits of state are plenty for choosing faults. */
export function choices(seed: number): Choices {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (options) => {
      const picked = options[Math.floor(next() * options.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    fork: () => choices(Math.floor(next() * 2 ** 32)),
  };
}
