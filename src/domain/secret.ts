import { inspect } from 'node:util';

const mask = '[secret]';

/** A masked value. String conversion, JSON and inspection return a mask; only `reveal` returns the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain value. Call it only where a vendor or a cipher needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}

/** The URL without query, fragment and user information. Text that is not a URL becomes the mask. */
export function displayUrl(url: string): string {
  if (!URL.canParse(url)) return mask;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
