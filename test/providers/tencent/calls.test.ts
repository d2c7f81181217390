import { describe, expect, it } from 'vitest';
import type { Backup, Database, Migration, Source } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import { migrationName } from '../../../src/providers/tencent/parameters.ts';
import {
  account,
  backup,
  bodyOf,
  call,
  chain,
  childId,
  increment,
  inFlight,
  instanceId,
  logName,
  migration,
  rawReply,
  reply,
  running,
  taskId,
} from './fixtures.ts';

const secretLink = 'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod%2fsub%2Forders.bak?q-sign=a%2Fb&x=1';
const sealed = {
  display: 'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod%2fsub%2Forders.bak',
  sealed: 'sealed',
};

function build(
  operation: string,
  of: Migration,
  each: Backup | null,
  step: 'restore' | 'cancel' | 'cleanup' = 'restore',
) {
  const found = tencent.plan(step, of, each).find((candidate) => candidate.operation === operation);
  return found?.build({
    account,
    migration: of,
    backup: each,
    open: (url) => (url === sealed ? secretLink : url.display),
  });
}
const operations = (...args: Parameters<typeof tencent.plan>) => tencent.plan(...args).map((each) => each.operation);
const withSource = (source: Source, changes: Partial<Migration> = {}) =>
  migration({ backups: [backup({ source })], ...changes });
const withDatabases = (databases: readonly Database[]) =>
  migration({ target: { instanceId, overwrite: false, databases } });

describe('the plan', () => {
  const full = backup();
  const registered = call('CreateBackupMigration', full, { refs: { backupMigrationId: taskId } });
  const started = call('StartBackupMigration', full);
  const late = increment();
  const registeredChild = call('CreateIncrementalMigration', late, { refs: { incrementalMigrationId: childId } });

  it('registers and then starts', () => {
    expect(operations('restore', migration(), full)).toEqual(['CreateBackupMigration', 'StartBackupMigration']);
  });

  it('renames in between only if a database gets another name', () => {
    expect(operations('restore', withDatabases([{ name: 'a', restoreAs: 'b' }]), full)).toEqual([
      'CreateBackupMigration',
      'ModifyBackupMigration',
      'StartBackupMigration',
    ]);
    expect(operations('restore', withDatabases([{ name: 'a', restoreAs: 'a' }, { name: 'c' }]), full)).toHaveLength(2);
  });

  it('registers and starts an increment', () => {
    const each = increment();
    expect(operations('restore', chain([each]), each)).toEqual([
      'CreateIncrementalMigration',
      'StartIncrementalMigration',
    ]);
  });

  it('has no step to open the database', () => {
    expect(operations('open', chain([]), null)).toEqual([]);
  });

  it.each<[string, Migration, readonly string[]]>([
    ['not registered', migration(), []],
    ['registered', migration({ calls: [registered] }), ['DeleteBackupMigration']],
    [
      'registered, start refused',
      migration({ calls: [registered, { ...started, state: 'refused' }] }),
      ['DeleteBackupMigration'],
    ],
    ['registered, start unknown', migration({ calls: [registered, { ...started, state: 'unknown' }] }), []],
    ['started', migration({ calls: [registered, started] }), []],
    [
      'a second attempt that is not registered yet',
      migration({
        providerRefs: { backupMigrationId: taskId },
        backups: [backup({ attempt: 2, providerRefs: { backupMigrationId: taskId } })],
        calls: [registered, started],
      }),
      [],
    ],
  ])('cancels by deleting only a task that was never started: %s', (_title, of, expected) => {
    expect(operations('cancel', of, null)).toEqual(expected);
  });

  it('cleans up a task or increment that was registered but never started', () => {
    expect(operations('cleanup', migration({ calls: [registered] }), full)).toEqual(['DeleteBackupMigration']);
    expect(operations('cleanup', migration(), full)).toEqual([]);
    const at = (calls: Migration['calls']) => operations('cleanup', chain([late], { calls }), late);
    expect(at([registeredChild])).toEqual(['DeleteIncrementalMigration']);
    expect(at([])).toEqual([]);
    expect(at([registeredChild, call('StartIncrementalMigration', late)])).toEqual([]);
  });

  it('still contains a clean-up of unknown outcome after a retry began', () => {
    const again = backup({ attempt: 2 });
    expect(operations('cleanup', migration({ backups: [again], calls: [registered] }), again)).toEqual([
      'DeleteBackupMigration',
    ]);
  });

  it('lets only the start calls wait for an upload', () => {
    const all = [
      ...tencent.plan('restore', withDatabases([{ name: 'a', restoreAs: 'b' }]), full),
      ...tencent.plan('restore', chain([late]), late),
    ];
    expect(all.filter(({ needsFile }) => needsFile).map(({ operation }) => operation)).toEqual([
      'StartBackupMigration',
      'StartIncrementalMigration',
    ]);
  });
});

describe('requests', () => {
  it('are JSON posts that are never resent blindly', () => {
    expect(build('CreateBackupMigration', migration(), backup())).toEqual({
      operation: 'CreateBackupMigration',
      service: 'sqlserver',
      effect: 'write',
      method: 'POST',
      path: '/',
      query: [],
      headers: {},
      body: {
        InstanceId: instanceId,
        RecoveryType: 'FULL',
        UploadType: 'COS_URL',
        MigrationName: 'orders_2026_01kbzq3m8e9v6x2c4n7p5r0t1w_1',
        BackupFiles: ['https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod/orders_full.bak'],
      },
    });
  });

  it.each([
    ['full', 'FULL'],
    ['full_log', 'FULL_LOG'],
    ['full_differential', 'FULL_DIFF'],
  ] as const)('map mode %s to recovery type %s', (mode, type) => {
    expect(bodyOf(build('CreateBackupMigration', migration({ mode }), backup())).RecoveryType).toBe(type);
  });

  it.each<[string, Source, string, string]>([
    [
      'a key with characters to encode',
      { type: 'object_storage', bucket: 'b-1', keys: ["a b/订单(1)+'x'.bak"] },
      'COS_URL',
      'https://b-1.cos.ap-guangzhou.myqcloud.com/a%20b/%E8%AE%A2%E5%8D%95%281%29%2B%27x%27.bak',
    ],
    [
      'an endpoint of its own',
      { type: 'object_storage', bucket: 'b-1', keys: ['x.bak'], endpoint: 'cos-internal.ap-guangzhou.tencentcos.cn' },
      'COS_URL',
      'https://b-1.cos-internal.ap-guangzhou.tencentcos.cn/x.bak',
    ],
    [
      'a link, slashes of its path decoded and its query untouched',
      { type: 'url', urls: [sealed] },
      'COS_URL',
      'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod/sub/orders.bak?q-sign=a%2Fb&x=1',
    ],
    ['an upload', { type: 'upload', fileName: 'orders.bak' }, 'COS_UPLOAD', 'orders.bak'],
  ])('names the file: %s', (_title, source, uploadType, file) => {
    const body = bodyOf(build('CreateBackupMigration', withSource(source), backup({ source })));
    expect(body.UploadType).toBe(uploadType);
    expect(body.BackupFiles).toEqual([file]);
  });

  it('rename only databases that get another name', () => {
    const of = {
      ...withDatabases([{ name: 'a', restoreAs: 'b' }, { name: 'c' }, { name: 'd', restoreAs: 'd' }]),
      providerRefs: { backupMigrationId: taskId },
    };
    expect(bodyOf(build('ModifyBackupMigration', of, backup()))).toEqual({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      DBRename: [{ OldName: 'a', NewName: 'b' }],
    });
  });

  it('start the task by its id', () => {
    expect(bodyOf(build('StartBackupMigration', running(), backup()))).toEqual({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
    });
  });

  it.each([
    [false, 'NO'],
    [true, 'YES'],
  ])('register an increment, final %s as IsRecovery %s', (final, isRecovery) => {
    const each = increment({ final });
    expect(bodyOf(build('CreateIncrementalMigration', chain([each]), each))).toEqual({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      BackupFiles: [`https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod/${logName}`],
      IsRecovery: isRecovery,
    });
  });

  it('start and delete an increment by its three ids', () => {
    const ids = { InstanceId: instanceId, BackupMigrationId: taskId, IncrementalMigrationId: childId };
    const each = inFlight();
    expect(bodyOf(build('StartIncrementalMigration', chain([each]), each))).toEqual(ids);
    const stranded = inFlight({ state: 'failed' });
    expect(bodyOf(build('DeleteIncrementalMigration', chain([stranded]), stranded, 'cleanup'))).toEqual(ids);
  });

  it('take ids from the current attempt, not from an earlier one', () => {
    const again = backup({ attempt: 2, providerRefs: { backupMigrationId: 'old' } });
    const of = migration({
      providerRefs: { backupMigrationId: 'old' },
      backups: [again],
      calls: [
        call('CreateBackupMigration', backup(), { refs: { backupMigrationId: 'old' } }),
        call('CreateBackupMigration', again, { number: 2, refs: { backupMigrationId: 'new' } }),
      ],
    });
    expect(bodyOf(build('StartBackupMigration', of, again)).BackupMigrationId).toBe('new');
  });

  it('show unknown ids in braces in a dry run', () => {
    expect(bodyOf(build('StartBackupMigration', migration(), backup())).BackupMigrationId).toBe('{backupMigrationId}');
    const each = increment();
    expect(bodyOf(build('StartIncrementalMigration', chain([each]), each)).IncrementalMigrationId).toBe(
      '{incrementalMigrationId}',
    );
  });
});

describe('the name at the vendor', () => {
  it.each([
    ['orders-2026', 1, 'orders_2026_01kbzq3m8e9v6x2c4n7p5r0t1w_1'],
    [null, 12, 'godwit_01kbzq3m8e9v6x2c4n7p5r0t1w_12'],
    ['A'.repeat(50), 1, `${'A'.repeat(31)}_01kbzq3m8e9v6x2c4n7p5r0t1w_1`],
    ['A'.repeat(50), 123, `${'A'.repeat(29)}_01kbzq3m8e9v6x2c4n7p5r0t1w_123`],
  ])('of %s, attempt %i, is %s', (name, attempt, expected) => {
    const made = migrationName(migration({ name }), backup({ attempt }));
    expect(made).toBe(expected);
    expect(made).toMatch(/^[A-Za-z0-9_]{1,60}$/);
  });
});

describe('replies', () => {
  const parse = (
    operation: string,
    answer: ReturnType<typeof reply>,
    of = withDatabases([{ name: 'a', restoreAs: 'b' }]),
  ) => {
    const each = operation.includes('Incremental') ? increment() : backup();
    const source = operation.includes('Incremental') ? chain([each]) : of;
    const steps = [
      ...tencent.plan('restore', source, each),
      ...tencent.plan('cleanup', running({ state: 'pending', backups: [backup()], calls: [] }), backup()),
    ];
    return steps.find((candidate) => candidate.operation === operation)?.parse(answer);
  };

  it.each([
    ['CreateBackupMigration', { BackupMigrationId: taskId }, { backupMigrationId: taskId }],
    ['CreateBackupMigration', { BackupMigrationId: `${taskId}\n` }, { backupMigrationId: taskId }],
    ['ModifyBackupMigration', { BackupMigrationId: taskId }, {}],
    ['StartBackupMigration', { FlowId: 1001399 }, { flowId: '1001399' }],
    ['StartBackupMigration', { FlowId: '1001399' }, { flowId: '1001399' }],
    ['CreateIncrementalMigration', { IncrementalMigrationId: childId }, { incrementalMigrationId: childId }],
    ['StartIncrementalMigration', { FlowId: 1001400 }, { flowId: '1001400' }],
    ['DeleteBackupMigration', {}, {}],
  ])('%s answered with %j returns the refs %j', (operation, response, refs) => {
    expect(parse(operation, reply({ ...response, RequestId: 'r-1' }))).toEqual(refs);
  });

  it('keep every digit of a flow id beyond 2^53', () => {
    expect(parse('StartBackupMigration', rawReply('{"Response":{"FlowId":18446744073709551615}}'))).toEqual({
      flowId: '18446744073709551615',
    });
  });

  it.each([
    ['CreateBackupMigration', reply({ RequestId: 'r-1' })],
    ['CreateBackupMigration', reply({ BackupMigrationId: '' })],
    ['CreateBackupMigration', reply({ BackupMigrationId: null })],
    ['CreateBackupMigration', rawReply('<html>')],
    ['ModifyBackupMigration', reply({})],
    ['StartBackupMigration', reply({ FlowId: null })],
    ['StartBackupMigration', reply({ FlowId: 'soon' })],
    ['StartBackupMigration', rawReply('{"Response":{"FlowId":1.5}}')],
    ['StartIncrementalMigration', rawReply('{"Resp')],
    ['DeleteBackupMigration', rawReply('')],
  ])('%s without an id in its reply has an unknown outcome (%#)', (operation, answer) => {
    expect(() => parse(operation, answer)).toThrow(VendorError);
    try {
      parse(operation, answer);
    } catch (error) {
      expect(error instanceof VendorError && error.failure.kind).toBe('malformed');
    }
  });
});
