const eightHours = 8 * 3_600_000;

/** The vendor's "not yet". */
export const never = '0000-00-00 00:00:00';

/** China Standard Time without a zone, as every timestamp of the product is written; null is `never`. */
export function chinaTime(at: number | null): string {
  return at === null ? never : new Date(at + eightHours).toISOString().slice(0, 19).replace('T', ' ');
}
