import type { Backup, Migration } from '../../domain/migration.ts';

const maxLength = 50;

/**
 * The name of the job that restores a backup: at most 50 characters, starting with a letter (CreateReplicationJob page drs_03_0283). The
 * name is the only way to find a job whose id was lost. It therefore contains the id of the backup and the attempt, and it is the same each
 * time this attempt is sent.
 */
export function jobName(migration: Pick<Migration, 'name'>, backup: Pick<Backup, 'id' | 'attempt'>): string {
  const tail = `-${backup.id.replace(/^bkp_/, '').replace(/[^A-Za-z0-9]/g, '')}-${backup.attempt}`;
  const wanted = (migration.name ?? 'godwit').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '');
  const head = wanted.slice(0, maxLength - tail.length).replace(/(?<![-_])[-_]+$/, '');
  return `${head === '' ? 'g' : head}${tail}`;
}
