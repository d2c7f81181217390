import { describe, expect, it } from 'vitest';
import { file, files, migration, observeOne, refusal, task } from './fixture.ts';

describe('why a restore failed', () => {
  it.each([
    ["The Database 'orders' ALREADY EXIST ON RDS", 'target_database_exists', true],
    ['Backup set is a Database Differential backup, we only accept a FULL Backup', 'wrong_backup_kind', false],
    ['(a.trn) is a Transaction Log backup, we only accept a FULL Backup', 'wrong_backup_kind', false],
    [
      'a.bak is a Database FULL backup, we only accept transaction log or differential backup',
      'wrong_backup_kind',
      false,
    ],
    ['Failed to verify a.bak, backup file was corrupted or newer edition than RDS', 'backup_corrupt_or_newer', false],
    ['DBCC checkdb failed', 'consistency_check_failed', false],
    ['CHECKDB found 12 allocation errors', 'consistency_check_failed', false],
    ['Not Enough Disk Space for restore', 'insufficient_space', true],
    ['space left 10 MB, needed 20 MB', 'insufficient_space', true],
    ['Failed to download backup file since OSS URL was expired', 'source_url_expired', false],
    ['Failed to download the file', 'download_failed', true],
    ['Failed to open database orders.', 'edition_unsupported', false],
    [
      'The log in this backup set begins at LSN 1, which is too recent to apply to the database',
      'log_chain_gap',
      false,
    ],
    ['Failed to migrate databases due to databases count limitation', 'database_limit_reached', false],
    ['A text that nobody knows', 'restore_failed', false],
  ])('“%s” means %s', (description, code, retryable) => {
    const script = {
      DescribeMigrateTaskById: task({ Status: 'Failed', Description: description }),
      DescribeOssDownloads: files(),
    };
    const { observation } = observeOne(migration(), script);
    const error = {
      code,
      retryable,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
      provider: {
        name: 'alibaba',
        operation: 'DescribeMigrateTaskById',
        code: 'Failed',
        message: description,
        requestId: 'req-by-id',
        httpStatus: 200,
      },
    };
    expect(observation).toMatchObject({ phase: 'failed', error });
    expect(observation.backups).toMatchObject([{ backupId: 'bkp_full', state: 'failed', error }]);
  });

  it('comes from the file when the task gives no reason', () => {
    const broken = file('orders_full.bak', 'RestoreFailed', { Description: 'Not Enough Disk Space' });
    const { observation } = observeOne(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed' }),
      DescribeOssDownloads: files(broken),
    });
    expect(observation.error).toMatchObject({
      code: 'insufficient_space',
      provider: { operation: 'DescribeOssDownloads', code: 'RestoreFailed', requestId: 'req-files' },
    });
    expect(observation.backups).toMatchObject([{ state: 'failed', providerStatus: 'RestoreFailed' }]);
  });

  it.each([
    ['DownloadFailed', 'download_failed'],
    ['VerifyFailed', 'backup_corrupt_or_newer'],
    ['CheckFailed', 'restore_failed'],
  ])('comes from the file’s status %s when there is no message', (status, code) => {
    const { observation } = observeOne(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed' }),
      DescribeOssDownloads: files(file('orders_full.bak', status)),
    });
    expect(observation.error?.code).toBe(code);
  });

  it.each(['Throttling', 'InternalError', 'EngineVersionNotSupported', 'NoPermission'])(
    'comes from the task alone when the files call fails with %s',
    (code) => {
      const { observation } = observeOne(migration(), {
        DescribeMigrateTaskById: task({ Status: 'Failed' }),
        DescribeOssDownloads: refusal(code),
      });
      expect(observation).toMatchObject({ phase: 'failed', error: { code: 'restore_failed' } });
    },
  );

  it('hides the secrets of a signed URL', () => {
    const description = 'Failed to download https://b.oss/a.bak?Signature=TOPSECRET&Expires=1: OSS URL was expired';
    const { observation } = observeOne(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed', Description: description }),
      DescribeOssDownloads: files(),
    });
    expect(observation.error?.code).toBe('source_url_expired');
    expect(JSON.stringify(observation)).not.toContain('TOPSECRET');
  });
});
