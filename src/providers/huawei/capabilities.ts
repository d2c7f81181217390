import type { Capabilities } from '../../domain/provider.ts';
import { regionsIn } from '../kit/regions.ts';
import { regionGroups } from './regions.ts';

/**
 * The capabilities of Huawei Cloud. `renames` is the maximum of all sources: every database of an `instance_backup`. From a bucket, only
 * the database of a single file can be renamed, in mode `full`; `checkMigration` enforces it.
 */
export const capabilities: Capabilities = {
  id: 'huawei',
  title: 'Huawei Cloud RDS for SQL Server (DRS backup migration)',
  modes: ['full', 'full_log'],
  sources: ['object_storage', 'instance_backup'],
  filesPerBackup: { min: 1, max: 256 },
  urlsPerBackup: { min: 1, max: 1 },
  databases: { optional: true, min: 0, max: 100, renames: 100 },
  overwrite: true,
  options: ['precheck', 'keepDownloadedFiles'],
  cutoverWithoutBackup: false,
  cancelWhileRestoring: false,
  failedIncrement: 'continues',
  differentialBeforeLogs: false,
  oneRestorePerInstance: true,
  progressPercent: false,
  regions: regionsIn(regionGroups),
  limits: {
    fileNames:
      'The file name of a key has 1–200 ASCII letters, digits, _ and - and ends in .bak; no Chinese characters in bucket or folder.',
    files:
      'One database must not be split over several files. The bucket is in the region of the instance, Standard class, without KMS encryption.',
    renames:
      'object_storage: one database of one file, mode full only. instance_backup: every named database. New names: 1–128 ' +
      'characters (1–64 from an instance_backup) of letters, digits, _ and -, none of SQL Server’s own names.',
    chains:
      'Increments are transaction log backups in object storage; a differential backup is not accepted. The last one opens the database.',
    space: 'The target needs 1.5 times the size of the databases as free space.',
    versions: 'No restore from a newer version of SQL Server to an older one.',
    highAvailability:
      'A switchover of the target during a restore makes the restore fail. Overwriting switches mirroring off until the restore ends.',
    tags: 'Up to 20; values of 1–43 letters, digits, spaces and _ . : / = + - @.',
    rates: 'RDS accepts 60 calls a minute from a user. DRS publishes no rate.',
  },
};
