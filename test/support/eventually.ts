import { vi } from 'vitest';

/** Repeats the check until it passes and returns its result. A loaded machine has 30 seconds. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 30_000 });
