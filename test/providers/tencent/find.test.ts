import { describe, expect, it } from 'vitest';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import type { Finding } from '../../../src/domain/provider.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import {
  account,
  backup,
  bodyOf,
  call,
  chain,
  child,
  childId,
  children,
  converse,
  increment,
  inFlight,
  instanceId,
  logName,
  migration,
  refusal,
  reply,
  sentAt,
  task,
  taskId,
  tasks,
} from './fixtures.ts';

type Answers = Parameters<typeof converse>[1];

function look(
  operation: string,
  of: Migration,
  each: Backup | null,
  answers: Answers,
  taken: readonly string[] = [],
  step: 'restore' | 'cleanup' = 'restore',
) {
  const found = tencent.plan(step, of, each).find((candidate) => candidate.operation === operation);
  if (found === undefined) throw new Error(`${operation} is not planned`);
  const input = {
    account,
    migration: of,
    backup: each,
    open: () => '',
    sentAt,
    now: sentAt + 30_000,
    begunBy: Number.MAX_SAFE_INTEGER,
    taken: new Set(taken),
  };
  return converse<Finding>(found.find(input), answers);
}
const name = 'orders_2026_01kbzq3m8e9v6x2c4n7p5r0t1w_1';
const named = (changes: Record<string, unknown> = {}) => task(2, { MigrationName: name, ...changes });
const registered = migration({ providerRefs: { backupMigrationId: taskId } });

describe('a lost CreateBackupMigration', () => {
  const find = (answers: Answers, taken?: string[]) =>
    look('CreateBackupMigration', migration(), backup(), answers, taken);

  it('is found by its name, which is compared again after the search', () => {
    const { result, requests } = find([tasks(named({ MigrationId: 'other', MigrationName: `${name}0` }), named())]);
    expect(result).toEqual({ found: 'yes', refs: { backupMigrationId: taskId } });
    expect(requests).toMatchObject([{ operation: 'DescribeBackupMigration', effect: 'read' }]);
    expect(bodyOf(requests[0])).toEqual({ InstanceId: instanceId, MigrationName: name, Limit: 100, Offset: 0 });
  });

  it.each<[string, Answers, string[], Finding['found']]>([
    ['an empty list', [tasks()], [], 'no'],
    ['a null list', [reply({ TotalCount: 0, BackupMigrationSet: null })], [], 'no'],
    ['only a longer name', [tasks(named({ MigrationName: `${name}0` }))], [], 'no'],
    ['only similar names', [tasks(named({ MigrationName: name.toUpperCase() }))], [], 'no'],
    ['a name with a line break', [tasks(named({ MigrationName: `${name}\n` }))], [], 'yes'],
    ['a task of another migration', [tasks(named())], [taskId], 'no'],
    ['two tasks, none started', [tasks(named({ MigrationId: 'second' }), named())], [], 'yes'],
    ['two tasks, one started', [tasks(named({ MigrationId: 'second', Status: 7 }), named())], [], 'unclear'],
    ['a count without entries', [reply({ TotalCount: 3, BackupMigrationSet: [] })], [], 'unclear'],
    ['an entry that cannot be read', [reply({ TotalCount: 0, BackupMigrationSet: [null] })], [], 'unclear'],
  ])('has the finding $3 for $0', (_title, answers, taken, found) => {
    expect(find(answers, taken).result.found).toBe(found);
  });

  it('reads pages until the vendor’s count is reached', () => {
    const rows = Array.from({ length: 250 }, (_, index) => named({ MigrationId: `t-${index}`, MigrationName: 'x' }));
    rows[249] = named();
    const page = (body: Record<string, unknown>) =>
      reply({
        TotalCount: '250',
        BackupMigrationSet: rows.slice(Number(body.Offset) * 100, Number(body.Offset) * 100 + 100),
      });
    const { result, requests } = find([page, page, page]);
    expect(result.found).toBe('yes');
    expect(requests.map((each) => bodyOf(each).Offset)).toEqual([0, 1, 2]);
  });

  it('advances by received rows when pages overlap', () => {
    const rows = Array.from({ length: 250 }, (_, index) => named({ MigrationId: `t-${index}`, MigrationName: 'x' }));
    rows[249] = named();
    const page = (body: Record<string, unknown>) =>
      reply({ TotalCount: 250, BackupMigrationSet: rows.slice(Number(body.Offset), Number(body.Offset) + 100) });
    const { result, requests } = find([page, page, page, page]);
    expect(result.found).toBe('yes');
    expect(requests.map((each) => bodyOf(each).Offset)).toEqual([0, 1, 101, 201]);
  });

  it('is never reported absent by a reply that is not a list', () => {
    for (const answer of [
      reply({}),
      reply({ TotalCount: 2 }),
      reply({ TotalCount: 2, BackupMigrationSet: null }),
      reply({ BackupMigrationSet: 'x' }),
    ])
      expect(() => find([answer])).toThrow(VendorError);
  });
});

describe('a lost ModifyBackupMigration', () => {
  const of = {
    ...registered,
    target: {
      instanceId,
      overwrite: false,
      databases: [
        { name: 'a', restoreAs: 'b' },
        { name: 'c', restoreAs: 'd' },
      ],
    },
  };
  it.each<[string, unknown, Finding['found']]>([
    [
      'the same list',
      [
        { OldName: 'a', NewName: 'b' },
        { OldName: 'c', NewName: 'd' },
      ],
      'yes',
    ],
    [
      'the same in another order',
      [
        { NewName: 'd', OldName: 'c' },
        { NewName: 'b', OldName: 'a' },
      ],
      'yes',
    ],
    ['a part of it', [{ OldName: 'a', NewName: 'b' }], 'no'],
    ['null', null, 'no'],
    ['nothing', [], 'no'],
  ])('is judged by the task’s renames: %s', (_title, DBRename, found) => {
    expect(look('ModifyBackupMigration', of, backup(), [tasks(task(2, { DBRename }))]).result.found).toBe(found);
  });

  it('may be resent when the task is not listed', () => {
    expect(look('ModifyBackupMigration', of, backup(), [tasks()]).result.found).toBe('no');
  });
});

describe('a lost StartBackupMigration', () => {
  const allow = (...AllowedAction: string[]) => ({ Action: { AllowedAction } });
  it.each<[string, unknown, Record<string, unknown>, Finding['found']]>([
    ['created, start allowed', 2, allow('view', 'start'), 'no'],
    ['created, in quotes', '2', allow('start'), 'no'],
    ['created, the vendor does not say what is allowed', 2, { Action: null }, 'no'],
    ['created, start not allowed', 2, allow('view'), 'unclear'],
    ['running', 7, {}, 'yes'],
    ['waiting for increments', 8, {}, 'yes'],
    ['succeeded', 9, {}, 'yes'],
    ['failed', 10, {}, 'yes'],
    ['incremental running', 12, {}, 'yes'],
    ['undocumented', 5, {}, 'unclear'],
    ['null', null, {}, 'unclear'],
  ])('is judged by the task’s status: %s', (_title, status, changes, found) => {
    const { result } = look('StartBackupMigration', registered, backup(), [tasks(task(status, changes))]);
    expect(result.found).toBe(found);
    if (result.found === 'yes') expect(result.refs).toEqual({});
  });

  it('is never resent because the task is not listed', () => {
    expect(look('StartBackupMigration', registered, backup(), [tasks()]).result.found).toBe('unclear');
  });
});

describe('a lost CreateIncrementalMigration', () => {
  const each = increment();
  const link = `https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod/${logName}`;
  const fresh = (changes: Record<string, unknown> = {}) => child(2, { BackupFiles: [link], ...changes });
  const find = (answers: Answers, taken: string[] = [], of = chain([each]), backupOf = each) =>
    look('CreateIncrementalMigration', of, backupOf, answers, taken);

  it('reads all increments of the task', () => {
    const { result, requests } = find([children(fresh())]);
    expect(result).toEqual({ found: 'yes', refs: { incrementalMigrationId: childId } });
    expect(bodyOf(requests[0])).toEqual({ InstanceId: instanceId, BackupMigrationId: taskId, Limit: 100, Offset: 0 });
  });

  it.each<[string, unknown[], string[], Finding['found']]>([
    ['no increment', [], [], 'no'],
    ['a pending one of another file', [fresh({ BackupFiles: ['https://x/other.bak'] })], [], 'no'],
    ['an increment of another backup', [fresh()], [childId], 'no'],
    ['one created a minute before the call', [fresh({ CreateTime: '2026-11-21 19:07:00' })], [], 'yes'],
    ['one created earlier than that', [fresh({ CreateTime: '2026-11-21 19:06:59' })], [], 'no'],
    ['one without a time, not started', [fresh({ CreateTime: '0000-00-00 00:00:00' })], [], 'yes'],
    ['one without a time, started', [fresh({ CreateTime: null, Status: 12 })], [], 'unclear'],
    ['two increments', [fresh(), fresh({ MigrationId: 'second' })], [], 'unclear'],
    ['one with the other recovery flag', [fresh({ IsRecovery: 'YES' })], [], 'no'],
    ['a recovery flag in lower case', [fresh({ IsRecovery: 'No' })], [], 'yes'],
    ['a link with a query', [fresh({ BackupFiles: [`${link}?q-sign=1\n`] })], [], 'yes'],
    ['one without files', [fresh({ BackupFiles: null })], [], 'no'],
  ])('has the finding $3 for $0', (_title, set, taken, found) => {
    expect(find([children(...set)], taken).result.found).toBe(found);
  });

  it('does not match an earlier attempt’s increment with the same file', () => {
    const again = increment({ attempt: 2, providerRefs: { incrementalMigrationId: childId } });
    const calls = [call('CreateIncrementalMigration', each, { refs: { incrementalMigrationId: childId } })];
    const answers = [children(fresh({ Status: 10 }))];
    expect(find(answers, [], chain([again], { calls }), again).result.found).toBe('no');
  });

  it('is never reported absent by half a list', () => {
    expect(find([reply({ TotalCount: 5, IncrementalMigrationSet: [] })]).result.found).toBe('unclear');
  });
});

describe('a lost StartIncrementalMigration', () => {
  const each = inFlight({ state: 'submitting' });
  it.each<[string, Answers, Finding['found']]>([
    ['created', [children(child(2, { Action: { AllowedAction: ['start'] } }))], 'no'],
    ['running', [children(child(12))], 'yes'],
    ['done', [children(child(9))], 'yes'],
    ['failed', [children(child(10))], 'yes'],
    ['unknown', [children(child(4))], 'unclear'],
    ['not shown', [children()], 'unclear'],
  ])('is judged by the child’s status: %s', (_title, answers, found) => {
    const { result, requests } = look('StartIncrementalMigration', chain([each]), each, answers);
    expect(result.found).toBe(found);
    expect(bodyOf(requests[0]).IncrementalMigrationId).toBe(childId);
  });
});

describe('a lost deletion', () => {
  const each = inFlight({ state: 'failed' });
  const full = (answers: Answers) =>
    look('DeleteBackupMigration', registered, null, answers, [], 'cleanup').result.found;
  const one = (answers: Answers) =>
    look('DeleteIncrementalMigration', chain([each]), each, answers, [], 'cleanup').result.found;

  it('has taken effect when the task or the instance is gone', () => {
    expect(full([tasks()])).toBe('yes');
    expect(full([refusal('ResourceNotFound.InstanceNotFound')])).toBe('yes');
    expect(full([tasks(task(2))])).toBe('no');
    expect(full([reply({ TotalCount: 4, BackupMigrationSet: [] })])).toBe('unclear');
    expect(() => full([refusal('InternalError')])).toThrow(VendorError);
  });

  it('has taken effect for an increment in the same way', () => {
    expect(one([children()])).toBe('yes');
    expect(one([children(child(2))])).toBe('no');
  });
});
