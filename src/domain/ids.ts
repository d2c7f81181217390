import type { Runtime } from './runtime.ts';

/** The prefix of an id, which shows the kind of its resource. */
export type IdPrefix = 'aud' | 'mig' | 'bkp' | 'evt' | 'req' | 'whk' | 'dlv';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const wellFormed = /^([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}$/;
const timeDigits = 10;
/** All pairs of digits. */
const pairs: readonly string[] = [...alphabet].flatMap((first) => [...alphabet].map((second) => first + second));

/**
 * A new opaque id such as `mig_01kbzq3m8e9v6x2c4n7p5r0t1w`: 10 characters for the time in milliseconds, then 16 random ones (Crockford
 * base 32, lower case). Ids sort by creation time.
 */
export function newId(prefix: IdPrefix, runtime: Pick<Runtime, 'now' | 'randomBytes'>): string {
  const bytes = runtime.randomBytes(16);
  let id = earliestId(prefix, runtime.now());
  for (let i = 0; i < 16; i += 2) id += pairs[((bytes[i] ?? 0) % 32) * 32 + ((bytes[i + 1] ?? 0) % 32)];
  return id;
}

/**
 * The text that sorts before all ids of that time (milliseconds since the epoch) and later ones, and after all earlier ids. A time out of
 * range counts as the nearest valid one.
 */
export function earliestId(prefix: IdPrefix, at: number): string {
  let time = Math.min(Math.max(Math.floor(at), 0), 32 ** timeDigits - 1);
  let head = '';
  for (let i = 0; i < timeDigits; i += 2) {
    head = pairs[time % 1024] + head;
    time = Math.floor(time / 1024);
  }
  return `${prefix}_${head}`;
}

/** Whether `text` is a well-formed id of that kind. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return wellFormed.exec(text)?.[1] === prefix;
}
