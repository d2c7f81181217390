import type { Capabilities } from '../../domain/provider.ts';
import { regionsIn } from '../kit/regions.ts';
import { regionGroups } from './regions.ts';

/** The capabilities of TencentDB for SQL Server. */
export const capabilities: Capabilities = {
  id: 'tencent',
  title: 'Tencent Cloud · TencentDB for SQL Server',
  modes: ['full', 'full_log', 'full_differential'],
  sources: ['object_storage', 'url', 'upload'],
  filesPerBackup: { min: 1, max: 1 },
  urlsPerBackup: { min: 1, max: 1 },
  databases: { optional: true, min: 0, max: 100, renames: 5 },
  overwrite: false,
  options: [],
  cutoverWithoutBackup: false,
  cancelWhileRestoring: false,
  failedIncrement: 'vendor_decides',
  differentialBeforeLogs: false,
  oneRestorePerInstance: false,
  progressPercent: true,
  regions: regionsIn(regionGroups),
  limits: {
    calls: '20 calls per second, per operation, access region and sub-account.',
    files:
      'One file per backup, .bak, .tar or .zip; an archive must not contain folders. One file may contain several databases.',
    fileNames:
      'Files of a chain are named <database>_<yyyyMMddHHmmss>_<suffix>.bak: 2full2_2noreconvery2, 2log2_2noreconvery2 and 2log2_2reconvery2 (last) for full_log; 1full1_1noreconvery1, 1diff1_1noreconvery1 and 1diff1_1reconvery1 (last) for full_differential.',
    objectStorage: 'The bucket is in the instance’s region, and the object is publicly readable or its link is signed.',
    links: 'A signed link must be valid until the vendor downloads the file, which is later than the submission.',
    upload: 'An uploaded file is kept for 24 hours.',
    databases:
      'Everything in the file is restored; up to 5 databases can be renamed, and no name may exist on the instance yet.',
    versions: 'The instance runs the source’s version or a newer one; the very same version for full_differential.',
    increments:
      'One registered increment at a time per migration; files are restored in the order in which they were made.',
    cancel:
      'A running import cannot be stopped; before its start and between the backups of a chain a migration can be cancelled.',
  },
};
