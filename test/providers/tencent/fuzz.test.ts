import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { type Dialogue, VendorError, type VendorReply } from '../../../src/domain/vendor.ts';
import { backupCommand, tencent, uploadTarget } from '../../../src/providers/tencent/index.ts';
import { account, backup, chain, childId, inFlight, migration, rawReply, running, sentAt, taskId } from './fixtures.ts';

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

/** Runs a dialogue as the transport would, with these answers over and over; only `VendorError` may come out of it. */
function drive(dialogue: Dialogue<unknown>, replies: readonly VendorReply[]): void {
  try {
    let step = dialogue.next();
    for (let turn = 0; !step.done; turn++) {
      if (turn > 400) throw new Error('a dialogue without end');
      const answer = replies[turn % replies.length] ?? rawReply('');
      const failure = tencent.failureOf(step.value, answer);
      step = failure === null ? dialogue.next(answer) : dialogue.throw(new VendorError(failure));
    }
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
  }
}

const migrations: readonly Migration[] = [
  running(),
  running({ id: 'mig_other' }, { backupMigrationId: 't-1', flowId: '18446744073709551615' }),
  chain([inFlight({ final: true })], { id: 'mig_chain' }),
  chain([inFlight({ state: 'failed' }), inFlight({ id: 'bkp_next' })], { id: 'mig_failed' }),
];

describe('whatever the vendor answers', () => {
  it('failureOf judges it without throwing', () => {
    fc.assert(
      fc.property(
        reply,
        fc.constantFrom('CreateBackupMigration', 'DeleteBackupMigration', 'constructor'),
        (answer, operation) => {
          const request = {
            operation,
            service: 'sqlserver',
            effect: 'write',
            method: 'POST',
            path: '/',
            query: [],
            headers: {},
            body: {},
          } as const;
          const failure = tencent.failureOf(request, answer);
          if (failure === null) expect(answer.httpStatus).toBe(200);
          else expect(failure.detail).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('observing ends, and throws VendorError at most', () => {
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 5 }), (replies) => {
        for (const of of migrations) drive(tencent.observe([of], account, sentAt), replies);
        drive(tencent.observe(migrations, account, sentAt), replies);
        drive(
          tencent.preflight(
            migration({ target: { instanceId: 'mssql-1', overwrite: false, databases: [{ name: 'a' }] } }),
            account,
          ),
          replies,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('looking ends, and throws VendorError at most', () => {
    const each = inFlight({ state: 'submitting' });
    const of = chain([each], {
      target: { instanceId: 'mssql-1', overwrite: false, databases: [{ name: 'a', restoreAs: 'b' }] },
    });
    const stranded = {
      ...of,
      backups: [backup({ state: 'failed', providerRefs: { backupMigrationId: taskId } }), each],
    };
    const calls = [
      ...tencent.plan('restore', of, of.backups[0] ?? null),
      ...tencent.plan('restore', of, each),
      ...tencent.plan('cleanup', stranded, stranded.backups[0] ?? null),
      ...tencent.plan('cleanup', of, each),
    ];
    expect(calls).toHaveLength(7);
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 4 }), (replies) => {
        for (const call of calls) {
          const about = call.operation.includes('Incremental') ? each : (of.backups[0] ?? null);
          drive(
            call.find({ account, migration: of, backup: about, open: () => '', sentAt, now: sentAt, taken: new Set() }),
            replies,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('reading an answer gives ids of text or throws VendorError', () => {
    const of = migration({
      target: { instanceId: 'mssql-1', overwrite: false, databases: [{ name: 'a', restoreAs: 'b' }] },
    });
    const upload = backup({ source: { type: 'upload', fileName: 'x.bak' } });
    fc.assert(
      fc.property(reply, (answer) => {
        const attempts = [
          ...tencent.plan('restore', of, null).map((call) => () => Object.values(call.parse(answer))),
          () => [backupCommand.parse(answer, { database: 'a', type: 'full', mode: 'full', final: false })],
          () => [uploadTarget.parse(answer, migration({ backups: [upload] }), upload).key],
        ];
        for (const attempt of attempts)
          try {
            for (const text of attempt()) expect(text).toMatch(/./s);
          } catch (error) {
            if (!(error instanceof VendorError)) throw error;
            expect(error.failure.kind).toBe('garbage');
          }
      }),
      { numRuns: 200 },
    );
  });
});

describe('whatever the request says', () => {
  it('checks give faults with pointers and never throw', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('full', 'full_log', 'full_differential'),
        fc.boolean(),
        (name, mode, final) => {
          const sources = [
            { type: 'object_storage', bucket: 'b-1', keys: [name] },
            { type: 'url', urls: [{ display: name, sealed: '' }] },
            { type: 'upload', fileName: name },
          ] as const;
          for (const source of sources) {
            const of = migration({ mode, backups: [backup({ source })] });
            const faults = [
              ...tencent.checkMigration(of, account),
              ...tencent.checkBackup(of, { type: 'log', source, final }),
            ];
            for (const fault of faults) expect(fault.pointer).toMatch(/^\/(source|type)/);
          }
        },
      ),
    );
  });

  it('object addresses are valid URLs of the bucket’s host', () => {
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
