import type { Instant } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { SourceRequest } from './request-schema.ts';

/** Whether a path has a segment `.` or `..`, also encoded. HTTP clients resolve such segments, so a link would lead to another object. */
function leadsElsewhere(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}

const elsewhere = 'A path with `.` or `..` as a segment leads to another object: name the object itself.';

/** The path of a URL as written, because a parsed URL has its segments resolved. */
function writtenPath(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#\\]*/i, '').replace(/[?#].*$/s, '');
}

/** Seconds since the epoch as an instant, or null. */
function seconds(text: string | null): Instant | null {
  return text !== null && /^\d{9,11}$/.test(text) ? Number(text) * 1000 : null;
}

/** A time such as `20261128T010000Z`, as in signatures of version 4, or null. */
function basicTime(text: string | null): Instant | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : time;
}

/**
 * When the signature of a link ends, according to its query: COS (`q-sign-time`), OSS and OBS (`Expires`), signatures of version 4
 * (`X-…-Date` and `X-…-Expires`), Azure (`se`). Null: it has no end, or an unreadable one.
 */
export function linkEnd(url: string): Instant | null {
  if (!URL.canParse(url)) return null;
  const query = new Map([...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const cos = seconds(query.get('q-sign-time')?.split(';')[1] ?? null);
  if (cos !== null) return cos;
  const absolute = seconds(query.get('expires') ?? null);
  if (absolute !== null) return absolute;
  for (const [name, value] of query) {
    const prefix = /^(x-[a-z]+)-expires$/.exec(name)?.[1];
    const from = prefix === undefined ? null : basicTime(query.get(`${prefix}-date`) ?? null);
    if (from !== null && /^\d{1,9}$/.test(value)) return from + Number(value) * 1000;
  }
  const azure = query.has('sig') ? Date.parse(query.get('se') ?? '') : Number.NaN;
  return Number.isNaN(azure) ? null : azure;
}

/** Faults of a source that a schema cannot express, for every provider. `now`: by this process's clock. Pointers are into the request. */
export function sourceConflicts(source: SourceRequest, now: Instant): readonly FieldFault[] {
  switch (source.type) {
    case 'url':
      return source.urls.flatMap((url, index) => {
        const detail = urlFault(url, now);
        return detail === null ? [] : [{ pointer: `/source/urls/${index}`, detail }];
      });
    case 'object_storage':
      return source.keys.flatMap((key, index) => {
        const detail = keyFault(key);
        return detail === null ? [] : [{ pointer: `/source/keys/${index}`, detail }];
      });
    default:
      return [];
  }
}

function urlFault(url: string, now: Instant): string | null {
  if (!URL.canParse(url) || /\s/.test(url)) return 'This is not a valid URL.';
  if (leadsElsewhere(writtenPath(url))) return elsewhere;
  const end = linkEnd(url);
  return end === null || end > now ? null : `The signature of this URL expired at ${new Date(end).toISOString()}.`;
}

function keyFault(key: string): string | null {
  if (key.startsWith('/')) return 'An object key does not start with a slash.';
  if (/\p{Cc}/u.test(key)) return 'An object key must not contain control characters.';
  return leadsElsewhere(key) ? elsewhere : null;
}

const stem = (key: string): string => key.slice(key.lastIndexOf('/') + 1).replace(/\.[A-Za-z]{2,4}$/, '');

/** The stripe number in a file's name, the name without it, and the number of stripes (null: not in the name); null: no number. */
function stripeNumber(
  name: string,
): { readonly base: string; readonly number: number; readonly of: number | null } | null {
  const counted = /^(.*?)[_.-]?(?:part|stripe|file)?[_.-]?(\d{1,3})[_.-]?of[_.-]?(\d{1,3})$/i.exec(name);
  if (counted !== null) return { base: counted[1] ?? '', number: Number(counted[2]), of: Number(counted[3]) };
  const numbered = /^(.+?)(?:[_.-](?:part|stripe|file)?[_.-]?)(\d{1,3})$/i.exec(name);
  return numbered === null ? null : { base: numbered[1] ?? '', number: Number(numbered[2]), of: null };
}

/** Explanation for a source that names the stripes of one backup. */
export const stripedDetail =
  'These look like the stripes of one backup that was written to several files, and no provider takes a striped backup. ' +
  'Back up again into one file (BACKUP DATABASE … TO DISK with a single target); for several databases send one migration for each.';

/** Whether the files of a source are stripes of one backup, judging by names and numbers. `databases`: the names in the request. */
export function looksStriped(source: SourceRequest, databases: readonly string[]): boolean {
  if (source.type !== 'object_storage') return false;
  const names = source.keys.map(stem);
  const stripes = names.map(stripeNumber);
  if (stripes.some((stripe) => stripe !== null && stripe.of !== null && stripe.of > 1)) return true;
  if (names.length < 2) return false;
  // Several files for one database can only be stripes: no provider splits a database over files.
  if (databases.length === 1) return true;
  if (names.every((name) => databases.some((database) => database.toLowerCase() === name.toLowerCase()))) return false;
  const [first] = stripes;
  const numbers = stripes.map((stripe) => stripe?.number ?? Number.NaN).toSorted((a, b) => a - b);
  return (
    first !== null &&
    stripes.every((stripe) => stripe?.base.toLowerCase() === first?.base.toLowerCase()) &&
    numbers.every((number, index) => number === (numbers[0] ?? 0) + index) &&
    (numbers[0] ?? 2) <= 1
  );
}
