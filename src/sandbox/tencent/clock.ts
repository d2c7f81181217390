const eightHours = 8 * 3_600_000;

/** The vendor's value for “not yet”. */
export const never = '0000-00-00 00:00:00';

/** Formats a time as the product does, in China Standard Time without a zone; null becomes `never`. */
export function chinaTime(at: number | null): string {
  return at === null ? never : new Date(at + eightHours).toISOString().slice(0, 19).replace('T', ' ');
}
