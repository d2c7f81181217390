import { type Backup, fullBackup, type Instant, type Migration } from '../../domain/migration.ts';
import { Secret } from '../../domain/secret.ts';
import type { VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { incrementId, taskId } from './refs.ts';
import { asText, garbage, requireResponse } from './reply.ts';
import { read } from './task.ts';
import { parseEpochSeconds } from './times.ts';

/** Where a file has to be uploaded to, and with what. The credentials are temporary: samples are valid for 500 s. */
export interface UploadTarget {
  readonly bucket: string;
  readonly region: string;
  /** The whole key of the object, without a leading slash. */
  readonly key: string;
  readonly credentials: { readonly secretId: Secret; readonly secretKey: Secret; readonly token: Secret };
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant;
}

const operationFor = (migration: Migration, backup: Backup) =>
  backup.id === fullBackup(migration).id ? 'DescribeUploadBackupInfo' : 'DescribeUploadIncrementalInfo';

/** DescribeUploadBackupInfo and DescribeUploadIncrementalInfo pages: upload rights for a backup of type `upload`. */
export const uploadTarget = {
  /** Null while the backup is not registered at the vendor: there is nothing to upload to yet. */
  build(migration: Migration, backup: Backup): VendorRequest | null {
    const task = taskId(migration);
    const operation = operationFor(migration, backup);
    if (task === null) return null;
    const ids = { InstanceId: migration.target.instanceId, BackupMigrationId: task };
    if (operation === 'DescribeUploadBackupInfo') return read(operation, ids);
    const increment = incrementId(migration, backup);
    return increment === null ? null : read(operation, { ...ids, IncrementalMigrationId: increment });
  },
  /** Throws `VendorError` of kind `garbage`. */
  parse(reply: VendorReply, migration: Migration, backup: Backup): UploadTarget {
    const operation = operationFor(migration, backup);
    const response = requireResponse(operation, reply);
    const text = (field: string): string => {
      const value = asText(response[field]);
      if (value === null || value === '') throw garbage(operation, reply, `carries no ${field}`);
      return value;
    };
    const expiresAt = parseEpochSeconds(response.ExpiredTime);
    if (expiresAt === null) throw garbage(operation, reply, 'carries no ExpiredTime');
    if (backup.source.type !== 'upload') throw new Error(`${backup.id} is not uploaded`);
    // The token's field was renamed; either one may be the filled one.
    const token = asText(response.CosSecurityToken) || text('XCosSecurityToken');
    return {
      bucket: text('BucketName'),
      region: text('Region'),
      key: `${text('Path').replace(/^\/+/, '').replace(/\/*$/, '/')}${backup.source.fileName}`,
      credentials: {
        secretId: new Secret(text('TmpSecretId')),
        secretKey: new Secret(text('TmpSecretKey')),
        token: new Secret(token),
      },
      startsAt: parseEpochSeconds(response.StartTime),
      expiresAt,
    };
  },
};
