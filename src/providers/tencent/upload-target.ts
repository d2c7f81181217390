import { type Backup, fullBackup, type Migration } from '../../domain/migration.ts';
import type { UploadSupport } from '../../domain/provider.ts';
import { Secret } from '../../domain/secret.ts';
import { incrementId, taskId } from './refs.ts';
import { asText, malformedReply, requireResponse } from './reply.ts';
import { read } from './task.ts';
import { parseEpochSeconds } from './times.ts';

const operationFor = (migration: Migration, backup: Backup) =>
  backup.id === fullBackup(migration).id ? 'DescribeUploadBackupInfo' : 'DescribeUploadIncrementalInfo';

/**
 * Requests temporary upload rights for a backup of type `upload` (DescribeUploadBackupInfo and DescribeUploadIncrementalInfo pages). The
 * rights in the vendor's samples are valid for 500 s.
 */
export const uploadTarget: UploadSupport = {
  build(migration, backup) {
    const task = taskId(migration);
    const operation = operationFor(migration, backup);
    if (task === null) return null;
    const ids = { InstanceId: migration.target.instanceId, BackupMigrationId: task };
    if (operation === 'DescribeUploadBackupInfo') return read(operation, ids);
    const increment = incrementId(migration, backup);
    return increment === null ? null : read(operation, { ...ids, IncrementalMigrationId: increment });
  },
  parse(reply, migration, backup) {
    const operation = operationFor(migration, backup);
    const response = requireResponse(operation, reply);
    const text = (field: string): string => {
      const value = asText(response[field]);
      if (value === null || value === '') throw malformedReply(operation, reply, `lacks ${field}`);
      return value;
    };
    const expiresAt = parseEpochSeconds(response.ExpiredTime);
    if (expiresAt === null) throw malformedReply(operation, reply, 'lacks ExpiredTime');
    if (backup.source.type !== 'upload') throw new Error(`${backup.id} is not uploaded`);
    // The vendor renamed the field of the token. Either of the two may contain it.
    const token = asText(response.CosSecurityToken) || text('XCosSecurityToken');
    const bucket = text('BucketName');
    const region = text('Region');
    return {
      bucket,
      region,
      host: `${bucket}.cos.${region}.myqcloud.com`,
      key: `${text('Path')
        .replace(/^\/+/, '')
        .replace(/(?<!\/)\/*$/, '/')}${backup.source.fileName}`,
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
