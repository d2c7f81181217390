import { describe, expect, it } from 'vitest';
import type { MigrationError } from '../../../src/domain/migration.ts';
import { type RestoreErrorCode, restoreErrors } from '../../../src/domain/restore-errors.ts';
import { converse, type Vendor } from './vendor.ts';
import { vendors } from './vendors.ts';

function errorFor(vendor: Vendor, text: string): MigrationError | null | undefined {
  const { provider, account, restoring, failed } = vendor;
  const dialogue = provider.observe([restoring], account, restoring.createdAt, restoring.createdAt);
  const seen = converse(vendor, dialogue, (request) => failed(text, request)).get(restoring.id);
  expect(seen?.phase).toBe('failed');
  return seen?.error;
}

/** Messages of SQL Server and of the three vendors, with the code of their cause. */
const messages: readonly (readonly [text: string, code: RestoreErrorCode])[] = [
  [
    'Msg 3132, Level 16, State 1, Line 1 The media set has 4 media families but only 1 are provided. All members must be provided.',
    'backup_striped',
  ],
  ['The media set has 4 media families but only 1 are provided.', 'backup_striped'],
  ["Msg 33111: Cannot find server certificate with thumbprint '0x8F2A'.", 'encrypted_backup'],
  ["Cannot find server certificate with thumbprint '0x8F2A'.", 'encrypted_backup'],
  [
    '(Error 3136) This differential backup cannot be restored because the database has not been restored to the correct earlier state.',
    'differential_base_mismatch',
  ],
  [
    'This differential backup cannot be restored because the database has not been restored to the correct earlier state.',
    'differential_base_mismatch',
  ],
  [
    "SQL error 3154: The backup set holds a backup of a database other than the existing 'orders' database.",
    'target_database_exists',
  ],
  ["The backup set holds a backup of a database other than the existing 'orders' database.", 'target_database_exists'],
  ['Database orders already exists on the destination DB instance.', 'target_database_exists'],
  [
    '3117: The log or differential backup cannot be restored because no files are ready to rollforward.',
    'target_not_restoring',
  ],
  [
    'The log or differential backup cannot be restored because no files are ready to roll forward.',
    'target_not_restoring',
  ],
  [
    "Error: 1105, Severity: 17. Could not allocate space for object 'dbo.t' in database 'orders' because the 'PRIMARY' filegroup is full.",
    'insufficient_space',
  ],
  [
    "Could not allocate space for object 'dbo.t' in database 'orders' because the 'PRIMARY' filegroup is full.",
    'insufficient_space',
  ],
  ['There is insufficient free space on disk volume D to create the database. (Error 3257)', 'insufficient_space'],
  ['Not Enough Disk Space for restore', 'insufficient_space'],
  ['space left 10 MB, needed 3201 MB', 'insufficient_space'],
  ['The free space of the instance does not suffice for the backup.', 'insufficient_space'],
  ['磁盘空间不足', 'insufficient_space'],
  [
    "Msg 3201 Cannot open backup device 'D:\\in\\orders_full.bak'. Operating system error 2(The system cannot find the file specified.).",
    'source_missing_or_archived',
  ],
  [
    "Msg 3201 Cannot open backup device 'D:\\in\\orders_full.bak'. Operating system error 5(Access is denied.).",
    'source_access_denied',
  ],
  ["Cannot open backup device 'x'. Operating system error 5(Access is denied.).", 'source_access_denied'],
  ['The object does not exist in the bucket.', 'source_missing_or_archived'],
  ['No permission to access the object storage bucket.', 'source_access_denied'],
  ['Insufficient permission to read the bucket', 'source_access_denied'],
  ['The backup file could not be downloaded: access denied (403).', 'source_access_denied'],
  [
    'Msg 4326: The log in this backup set terminates at LSN 25000000006200170, which is too early to apply to the database.',
    'log_already_restored',
  ],
  [
    'The log in this backup set terminates at LSN 25, which is too early to apply to the database.',
    'log_already_restored',
  ],
  [
    'Msg 4305: The log in this backup set begins at LSN 25000000006200170, which is too recent to apply to the database.',
    'log_chain_gap',
  ],
  ['The log in this backup set begins at LSN 25, which is too recent to apply to the database.', 'log_chain_gap'],
  ['LSN is not continuous', 'log_chain_gap'],
  ['The log chain is broken: this backup begins after the last one that was restored.', 'log_chain_gap'],
  ['日志链不连续', 'log_chain_gap'],
  ['(Error 3169) The database was backed up on a server running version 16.00.1000.', 'newer_version'],
  ['The backup was written by a newer version of SQL Server than that of the instance.', 'newer_version'],
  ['That version is incompatible with this server, which is running version 15.00.4430.', 'newer_version'],
  ['[3241] The media family on device is incorrectly formed.', 'backup_corrupt_or_newer'],
  [
    "The media family on device 'D:\\x' is incorrectly formed. SQL Server cannot process this media family.",
    'backup_corrupt_or_newer',
  ],
  [
    "Msg 3242, Level 16: The file on device 'x' is not a valid Microsoft Tape Format backup set.",
    'backup_corrupt_or_newer',
  ],
  ["The file on device 'x' is not a valid Microsoft Tape Format backup set.", 'backup_corrupt_or_newer'],
  ['Failed to verify it: the backup file is corrupted or newer edition.', 'backup_corrupt_or_newer'],
  [
    'Msg 3118: The database "orders" does not exist. RESTORE can only create a database when restoring either a full backup or a file backup of the primary file.',
    'wrong_backup_kind',
  ],
  ['It is a Transaction Log backup, this step can only accept a FULL Backup.', 'wrong_backup_kind'],
  ['Msg 3101: Exclusive access could not be obtained because the database is in use.', 'target_database_in_use'],
  ['A primary/standby switchover occurred on the destination DB instance.', 'target_switchover'],
  ['Failed to download the file', 'download_failed'],
  ['Failed to migrate databases due to databases count limitation', 'database_limit_reached'],
  ['DBCC checkdb failed: CHECKDB found 0 allocation errors and 3 consistency errors', 'consistency_check_failed'],
  // Messages without a cause, and words that occur only in names.
  ['Something that nobody knows went wrong.', 'restore_failed'],
  ['RESTORE DATABASE is terminating abnormally. (Error 3013)', 'restore_failed'],
  ['CHECKDB found 0 allocation errors and 0 consistency errors', 'restore_failed'],
  ['The restore of salsnova_full.bak failed at 4305 MB.', 'restore_failed'],
  ['The restore of not_enough_space/corrupt-3241.bak failed.', 'restore_failed'],
  ["The restore of database 'already exists' failed.", 'restore_failed'],
  ['The restore of [newer_version] failed with no message.', 'restore_failed'],
];

describe('each cause of a failure has one code at every vendor', () => {
  it.each(messages)('“%s” means %s', (text, code) => {
    const errors = vendors.map((vendor) => errorFor(vendor, text));
    expect(errors.map((error) => [error?.provider?.name, error?.code, error?.retryable])).toEqual(
      vendors.map(({ provider }) => [provider.id, code, restoreErrors[code].retryable]),
    );
    for (const error of errors) {
      expect(error?.detail).toContain(restoreErrors[code].detail);
      expect(error?.provider?.message).toBe(text);
    }
  });

  it('is independent of the database name', () => {
    for (const name of ['no space', 'lsn', 'too recent to apply', 'space', 'Msg 3241', 'media family', 'a.b(c']) {
      const named = vendors.map((vendor) => ({
        ...vendor,
        restoring: { ...vendor.restoring, target: { ...vendor.restoring.target, databases: [{ name }] } },
      }));
      const codes = (text: string) => named.map((vendor) => errorFor(vendor, text)?.code);
      expect(codes(`The restore of ${name} failed.`), name).toEqual(vendors.map(() => 'restore_failed'));
      expect(codes(`The restore of database ${name} failed (error 3132).`), name).toEqual(
        vendors.map(() => 'backup_striped'),
      );
      expect(codes(`Database ${name}: there is not enough disk space.`), name).toEqual(
        vendors.map(() => 'insufficient_space'),
      );
    }
  });
});
