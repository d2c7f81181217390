import type { Capabilities } from '../../domain/provider.ts';
import { regionsIn } from '../kit/regions.ts';
import { regionGroups } from './regions.ts';

/** The capabilities of ApsaraDB RDS for SQL Server. */
export const capabilities: Capabilities = {
  id: 'alibaba',
  title: 'Alibaba Cloud ApsaraDB RDS for SQL Server',
  modes: ['full', 'full_log', 'full_differential'],
  sources: ['object_storage', 'url'],
  filesPerBackup: { min: 1, max: 1 },
  urlsPerBackup: { min: 1, max: 64 },
  databases: { optional: false, min: 1, max: 1, renames: 1 },
  overwrite: false,
  options: ['consistencyCheck'],
  cutoverWithoutBackup: true,
  cancelWhileRestoring: true,
  failedIncrement: 'fatal',
  differentialBeforeLogs: true,
  oneRestorePerInstance: false,
  progressPercent: false,
  regions: regionsIn(regionGroups),
  limits: {
    migrationsPerDatabase: '20 per database per day',
    migrationsPerInstance: '500 per instance per day',
    fileSize: 'at most 3 TB per backup file; the instance needs free space for the file and the restored data',
    fileNames: 'extensions .bak, .diff, .trn and .log only; letters, digits, dot, hyphen and underscore are safe',
    source:
      'the bucket lies in the region and the account of the instance; Standard storage class; no server-side encryption',
    url: 'only SQL Server 2008 R2 on local disks, only mode full; a signed URL lasts at most 18 hours',
    names:
      'no database of the restored name may exist; on 2008 R2 with local disks an empty database of that name must exist',
    encryption: 'backups of databases with transparent data encryption cannot be restored',
    version: 'the instance must have the same or a newer SQL Server version than the source',
    clusterEditions:
      'the vendor lists no tasks on the 2017 cluster edition and no files on the 2017 and 2019 cluster editions',
    cancel: 'a cancelled restore may leave a database behind that must be dropped before its name can be used again',
  },
};
