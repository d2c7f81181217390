import { inspect } from 'node:util';

const mask = '[secret]';

/** A value that shows itself only when asked by name: string conversion, JSON and inspection all give a mask. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The real value. Call it only where a vendor or a cipher needs it. */
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

/** The URL as it may be shown: without query, fragment and user information. An unparsable text is masked whole. */
export function displayUrl(url: string): string {
  if (!URL.canParse(url)) return mask;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
