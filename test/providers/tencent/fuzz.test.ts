import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VendorError, type VendorReply } from '../../../src/domain/vendor.ts';
import { backupCommand, tencent, uploadTarget } from '../../../src/providers/tencent/index.ts';
import { account, backup, childId, migration, rawReply, taskId } from './fixtures.ts';

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    '',
    '0',
    '7',
    'null',
    taskId,
    childId,
    '0000-00-00 00:00:00',
    '2026-11-21 19:08:00',
    'YES',
    '%E8%',
  ),
  fc.integer({ min: -1, max: 13 }),
  fc.double(),
  fc.boolean(),
  fc.string(),
);
const anything = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.jsonValue());
const object = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });

const task = object({
  MigrationId: fc.oneof({ weight: 3, arbitrary: fc.constantFrom<unknown>(taskId, childId, 't-1') }, anything),
  MigrationName: anything,
  Status: fc.oneof({ weight: 3, arbitrary: fc.constantFrom<unknown>(2, 7, 8, 9, 10, 12, '8') }, anything),
  BackupFiles: anything,
  CreateTime: anything,
  StartTime: anything,
  EndTime: anything,
  Message: anything,
  Detail: fc.oneof(
    anything,
    object({
      Progress: anything,
      StepInfo: fc.oneof(anything, fc.array(object({ Status: anything, StepName: anything }))),
    }),
  ),
  Action: fc.oneof(anything, object({ AllowedAction: anything })),
  IsRecovery: anything,
  DBRename: fc.oneof(anything, fc.array(object({ OldName: anything, NewName: anything }))),
});
const set = fc.oneof({ weight: 3, arbitrary: fc.array(task, { maxLength: 3 }) }, anything);
const response = object({
  TotalCount: fc.oneof({ weight: 3, arbitrary: fc.nat(4) }, anything),
  BackupMigrationSet: set,
  IncrementalMigrationSet: set,
  DBInstances: fc.oneof(anything, fc.array(object({ InstanceId: anything, Status: anything, DBDetails: anything }))),
  Status: anything,
  FlowId: anything,
  BackupMigrationId: anything,
  RequestId: anything,
  Error: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    anything,
    object({ Code: anything, Message: anything }),
  ),
});
const reply: fc.Arbitrary<VendorReply> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: response.map((Response) => JSON.stringify({ Response })) },
      fc.json(),
      fc.string(),
      response.map((Response) => JSON.stringify({ Response }).slice(0, -3)),
      object({ code: anything, codeDesc: anything, message: anything }).map((body) => JSON.stringify(body)),
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant(200) }, fc.integer({ min: 100, max: 599 })),
    fc.dictionary(fc.constantFrom('retry-after', 'content-type'), fc.string()),
  )
  .map(([body, status, headers]) => rawReply(body, status, headers));

describe('any vendor reply', () => {
  it('yields a command and an upload target or a malformed-reply error', () => {
    const upload = backup({ source: { type: 'upload', fileName: 'x.bak' } });
    fc.assert(
      fc.property(reply, (answer) => {
        const attempts = [
          () => backupCommand.parse(answer, { database: 'a', type: 'full', mode: 'full', final: false }),
          () => uploadTarget.parse(answer, migration({ backups: [upload] }), upload).key,
        ];
        for (const attempt of attempts)
          try {
            expect(attempt()).toMatch(/./s);
          } catch (error) {
            if (!(error instanceof VendorError)) throw error;
            expect(error.failure.kind).toBe('malformed');
          }
      }),
      { numRuns: 200 },
    );
  });
});

describe('any request', () => {
  it('yields valid object URLs on the bucket’s host', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 40 }).map((units) => String.fromCharCode(...units)),
        (key) => {
          const source = { type: 'object_storage', bucket: 'b-1', keys: [key] } as const;
          const [create] = tencent.plan('restore', migration({ backups: [backup({ source })] }), null);
          const body = create?.build({
            account,
            migration: migration({ backups: [backup({ source })] }),
            backup: null,
            open: () => '',
          }).body;
          const [link] = (body as { BackupFiles: string[] }).BackupFiles;
          expect(new URL(link ?? '').host).toBe('b-1.cos.ap-guangzhou.myqcloud.com');
          expect(new URL(link ?? '').search).toBe('');
        },
      ),
    );
  });
});
