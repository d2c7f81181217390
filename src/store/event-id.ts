const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const prefix = 'evt_';
const digits = 26;
/** Number of digits of the position in an event id, and of the random digits that follow it. */
const half = 13;

/** The place of an event. `salt`: random digits that distinguish it from an event at the same position of another log. */
export interface EventPlace {
  readonly position: number;
  /** Null in events of older versions. */
  readonly salt: string | null;
}

/**
 * The id of an event: the position in Crockford base 32, so that ids sort in append order whatever the clocks of replicas show, and random
 * digits, so that no id is repeated when the database is restored from a copy or created again.
 */
export function eventId({ position, salt }: EventPlace): string {
  return salt === null ? idOfPosition(prefix, position) : prefix + base32(position, half) + salt;
}

/** The id of a record in another log, without random digits. */
export function idOfPosition(prefix: string, position: number): string {
  return prefix + base32(position, digits);
}

/** The place in an event id; null for other text. */
export function eventPlace(id: string): EventPlace | null {
  if (!id.startsWith(prefix) || id.length !== prefix.length + digits) return null;
  const [head, salt] = [id.slice(prefix.length, -half), id.slice(-half)];
  const [position, rest] = [numberIn(head), numberIn(salt)];
  if (position === null || rest === null) return null;
  return position === 0 ? { position: rest, salt: null } : { position, salt };
}

/** The position in an id of another log; null for other text. At most the largest safe integer. */
export function positionOfId(prefix: string, id: string): number | null {
  return id.startsWith(prefix) && id.length === prefix.length + digits ? numberIn(id.slice(prefix.length)) : null;
}

function base32(number: number, length: number): string {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return text.padStart(length, '0');
}

function numberIn(text: string): number | null {
  let number = 0;
  for (const digit of text) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return null;
    number = Math.min(number * 32 + value, Number.MAX_SAFE_INTEGER);
  }
  return number;
}
