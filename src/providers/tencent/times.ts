import type { Instant } from '../../domain/migration.ts';
import type { Account } from '../../domain/vendor.ts';
import { tencentAccount } from './account.ts';

const pattern = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/;

/** Offset of the vendor's zone-less times: the account's setting, China Standard Time otherwise. */
export function timeZoneOf(account: Account): string {
  return tencentAccount(account).timeZone;
}

/** A `YYYY-MM-DD HH:mm:ss` of the vendor in that offset; null for `0000-00-00 00:00:00` (not yet) and for anything else. */
export function parseVendorTime(value: unknown, offset: string): Instant | null {
  if (typeof value !== 'string') return null;
  const match = pattern.exec(value.trim());
  if (match === null) return null;
  const instant = Date.parse(`${match[1]}T${match[2]}${offset}`);
  return Number.isNaN(instant) ? null : instant;
}

/** An epoch in seconds, which the vendor writes as a string, in milliseconds; null for anything else. */
export function parseEpochSeconds(value: unknown): Instant | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text.trim()) ? Number(text.trim()) * 1000 : null;
}
