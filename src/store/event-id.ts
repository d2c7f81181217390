const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const prefix = 'evt_';
const digits = 26;

/**
 * The id of the event at a position of the log: the position itself in Crockford base 32, so ids sort exactly as events were
 * appended, whatever the clocks of the replicas say, and a reader can go on after an event that is no longer there.
 */
export function eventId(position: number): string {
  return idOfPosition(prefix, position);
}

/** The same for another log. */
export function idOfPosition(prefix: string, position: number): string {
  let text = '';
  for (let rest = position; rest > 0; rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return prefix + text.padStart(digits, '0');
}

/** The position that an event id stands for; null for a text that is no event id. Beyond the safe integers it is the largest one. */
export function eventPosition(id: string): number | null {
  return positionOfId(prefix, id);
}

/** The same for another log. */
export function positionOfId(prefix: string, id: string): number | null {
  if (!id.startsWith(prefix) || id.length !== prefix.length + digits) return null;
  let position = 0;
  for (const digit of id.slice(prefix.length)) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return null;
    position = Math.min(position * 32 + value, Number.MAX_SAFE_INTEGER);
  }
  return position;
}
