import { failedBackup } from './lifecycle.ts';
import type { Backup, Migration, Source, WarningNote } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { Capabilities } from './provider.ts';

/** Checks of a backup's place in its chain without reading the file. Pure. */

/** Whether a backup belongs to the chain: it is restored or is to be restored. */
const counts = (backup: Backup): boolean => backup.state !== 'failed' && backup.state !== 'skipped';

/** The backups before a new one. A new backup goes to the end or replaces the failed one. */
function before(migration: Migration): readonly Backup[] {
  const failed = failedBackup(migration);
  return failed === undefined ? migration.backups : migration.backups.slice(0, migration.backups.indexOf(failed));
}

/** The objects of a source. A URL is identified by its text without the query. */
function objectsOf(source: Source): readonly string[] {
  switch (source.type) {
    case 'object_storage':
      return source.keys.map((key) => `${source.bucket}/${key}`);
    case 'url':
      return source.urls.map(({ display }) => display);
    case 'instance_backup':
      return [source.backupId];
    case 'upload':
      return [source.fileName];
    case 'adopted':
      return source.files;
  }
}

/** The backup of the chain that shares a file with `source`, or undefined. Failed and skipped backups do not count. */
export function duplicateOf(migration: Migration, source: Source): Backup | undefined {
  const objects = new Set(objectsOf(source));
  return migration.backups.find(
    (backup) =>
      counts(backup) &&
      backup.source.type === source.type &&
      objectsOf(backup.source).some((each) => objects.has(each)),
  );
}

/** The fault in the type of a new backup, or null. `unsupported`: the provider's capabilities exclude the type. */
export function typeFault(
  migration: Migration,
  { type }: Pick<Backup, 'type'>,
  { differentialBeforeLogs, title }: Pick<Capabilities, 'differentialBeforeLogs' | 'title'>,
): { readonly unsupported: boolean; readonly fault: FieldFault } | null {
  const fits = migration.mode === 'full_log' ? 'log' : 'differential';
  if (type === fits) return null;
  const fault = (detail: string, unsupported = false) => ({ unsupported, fault: { pointer: '/type', detail } });
  if (migration.mode !== 'full_log' || type !== 'differential') return fault(`Must be \`${fits}\`.`);
  if (!differentialBeforeLogs)
    return fault(`${title} takes log backups only in a chain of mode \`full_log\`: must be \`log\`.`, true);
  const earlier = before(migration).filter(counts);
  if (earlier.some((backup) => backup.type === 'log')) return fault('A differential backup comes before the logs.');
  if (migration.backups.some((backup) => counts(backup) && backup.type === 'differential'))
    return fault('A chain of mode `full_log` takes one differential backup.');
  return null;
}

/** The warning `backup_out_of_order` if the time in the file name is earlier than that of the previous backup; else null. */
export function orderWarning(migration: Migration, backup: Backup): WarningNote | null {
  const time = timeOf(backup);
  const previous = before(migration).filter(counts).at(-1);
  const last = previous === undefined ? null : timeOf(previous);
  if (time === null || last === null || previous === undefined || time.digits >= last.digits) return null;
  return {
    code: 'backup_out_of_order',
    detail: `The name ${time.name} carries an older time than ${last.name}, which precedes it (${previous.id}). Backups are restored in the order in which they were added; a queued backup can be removed.`,
  };
}

/** A date of 8 digits and a time of 4 or 6 digits, with the usual separators. */
const timePattern =
  /(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})[-_.T ]?(\d{2})[-_.:h]?(\d{2})(?:[-_.:m]?(\d{2}))?(?!\d)/;

function timeOf({ source }: Backup): { readonly digits: string; readonly name: string } | null {
  const [object] = objectsOf(source);
  const name = object?.slice(object.lastIndexOf('/') + 1) ?? '';
  const match = timePattern.exec(name);
  if (match === null) return null;
  const [year = '', month = '', day = '', hour = '', minute = '', second = '00'] = match.slice(1);
  const real =
    month >= '01' && month <= '12' && day >= '01' && day <= '31' && hour <= '23' && minute <= '59' && second <= '59';
  return real ? { digits: `${year}${month}${day}${hour}${minute}${second}`, name } : null;
}
