import type { Instant } from '../../domain/migration.ts';
import type { Account } from '../../domain/vendor.ts';
import { tencentAccount } from './account.ts';

const pattern = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/;

/** The UTC offset of the vendor's times, from the account's settings. The default is China Standard Time. */
export function timeZoneOf(account: Account): string {
  return tencentAccount(account).timeZone;
}

/**
 * Parses a time `YYYY-MM-DD HH:mm:ss` at that offset into milliseconds since the epoch. Null for `0000-00-00 00:00:00`, which means “not
 * yet”, and for any other value.
 */
export function parseVendorTime(value: unknown, offset: string): Instant | null {
  if (typeof value !== 'string') return null;
  const match = pattern.exec(value.trim());
  if (match === null) return null;
  const instant = Date.parse(`${match[1]}T${match[2]}${offset}`);
  return Number.isNaN(instant) ? null : instant;
}

/** Parses epoch seconds, which the vendor writes as a text, into milliseconds since the epoch; null for any other value. */
export function parseEpochSeconds(value: unknown): Instant | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text.trim()) ? Number(text.trim()) * 1000 : null;
}
