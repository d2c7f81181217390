import type { Backup, Migration } from '../../domain/migration.ts';

const maxLength = 50;

/**
 * The name of the job that restores a backup: at most 50 characters, letter first ("CreateReplicationJob": `name`). It is our only
 * handle on a job whose id never reached us, so it carries the whole id of the backup and the attempt, and sending the same attempt
 * again uses the same name.
 */
export function jobName(migration: Pick<Migration, 'name'>, backup: Pick<Backup, 'id' | 'attempt'>): string {
  const tail = `-${backup.id.replace(/^bkp_/, '').replace(/[^A-Za-z0-9]/g, '')}-${backup.attempt}`;
  const wanted = (migration.name ?? 'godwit').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '');
  const head = wanted.slice(0, maxLength - tail.length).replace(/(?<![-_])[-_]+$/, '');
  return `${head === '' ? 'g' : head}${tail}`;
}
