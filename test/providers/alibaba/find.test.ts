import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/domain/migration.ts';
import type { ProbeInput } from '../../../src/domain/provider.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import {
  backup,
  call,
  converse,
  file,
  files,
  log,
  migration,
  probeInput,
  refusal,
  reply,
  row,
  type Script,
  sentAt,
  task,
  tasks,
} from './fixture.ts';

function look(step: Step, input: ProbeInput, script: Script) {
  const [of] = alibaba.plan(step, input.migration, input.backup);
  if (of === undefined) throw new Error('no call');
  return converse(of.find(input), script);
}

describe('a first file whose submission got no reply', () => {
  const unknown = migration({ providerRefs: {}, backups: [backup({ state: 'submitting' })] });
  const input = (changes: Partial<ProbeInput> = {}) => probeInput({ migration: unknown, ...changes });
  const ours = row();
  const shows = { DescribeOssDownloads: files(file('orders_full.bak', 'Downloading')) };

  it('is found by database, time and file', () => {
    const { value, asked } = look('restore', input(), { DescribeMigrateTasks: tasks([ours]), ...shows });
    expect(value).toEqual({ found: 'yes', refs: { migrateTaskId: '564563256' } });
    expect(asked).toEqual([
      {
        operation: 'DescribeMigrateTasks',
        query: {
          DBInstanceId: 'rm-uf6wjk5xxxxxxx',
          StartTime: '2024-01-02T02:54Z',
          // 03:04:25 rounded up, plus ten minutes. Rounded down, the window would miss the current minute.
          EndTime: '2024-01-02T03:15Z',
          PageSize: '100',
          PageNumber: '1',
        },
      },
      { operation: 'DescribeOssDownloads', query: { DBInstanceId: 'rm-uf6wjk5xxxxxxx', MigrateTaskId: '564563256' } },
    ]);
  });

  it.each([
    ['the vendor lists the database in another case', row({ DBName: 'ORDERS' }), 'yes'],
    ['the vendor’s clock is half a minute behind', row({ CreateTime: '2024-01-02T03:03:36Z' }), 'yes'],
    ['the time is written as in the samples', row({ CreateTime: '2024-01-02 T3:4:6Z' }), 'yes'],
    ['the task has failed already', row({ Status: 'Failed' }), 'yes'],
    ['the task has no time', row({ CreateTime: null }), 'unclear'],
    ['the task is older than the call', row({ CreateTime: '2024-01-02T03:02:00Z' }), 'no'],
    ['the task is for another database', row({ DBName: 'orders2' }), 'no'],
    ['the row has no id', row({ MigrateTaskId: null }), 'unclear'],
  ])('when $0, has the finding $2', (_when, listed, found) => {
    const { value } = look('restore', input(), { DescribeMigrateTasks: tasks([listed]), ...shows });
    expect(value.found).toBe(found);
  });

  it('is absent when the list is empty', () => {
    expect(look('restore', input(), { DescribeMigrateTasks: tasks([]) }).value).toEqual({ found: 'no' });
  });

  it.each([
    ['an array in place of the object', { Items: [ours] }],
    ['one object in place of the array', { Items: { MigrateTask: ours } }],
    ['a bare row', { Items: ours }],
  ])('accepts %s', (_what, body) => {
    expect(look('restore', input(), { DescribeMigrateTasks: reply(body), ...shows }).value.found).toBe('yes');
  });

  it.each([[{ Items: null }], [{}], [{ Items: { MigrateTask: null } }], [{ Items: 'none' }]])(
    'reads %j as nothing',
    (body) => {
      expect(look('restore', input(), { DescribeMigrateTasks: reply(body) }).value.found).toBe('no');
    },
  );

  it('is unclear beside a task that is too recent to exclude', () => {
    const begunBy = Date.parse('2024-01-02T03:00:00Z');
    const { value } = look('restore', input({ begunBy }), { DescribeMigrateTasks: tasks([ours]), ...shows });
    expect(value).toMatchObject({ found: 'unclear', detail: expect.stringContaining('too recent') });
  });

  it('does not match a task of another migration', () => {
    const taken = new Set(['564563256']);
    const { value, asked } = look('restore', input({ taken }), { DescribeMigrateTasks: tasks([ours]) });
    expect(value.found).toBe('no');
    expect(asked).toHaveLength(1);
  });

  it('does not match the task of an earlier attempt', () => {
    const retried = { ...unknown, calls: [call({ refs: { migrateTaskId: '564563256' } })] };
    const { value } = look('restore', input({ migration: retried }), { DescribeMigrateTasks: tasks([ours]) });
    expect(value.found).toBe('no');
  });

  it('does not match a task with another file', () => {
    const other = files(file('orders_older.bak', 'Restoring'));
    const { value } = look('restore', input(), { DescribeMigrateTasks: tasks([ours]), DescribeOssDownloads: other });
    expect(value.found).toBe('no');
  });

  it.each([
    ['no rows yet', files()],
    ['rows without names', files(file('', 'NoStart'))],
    ['a refusal', refusal('EngineVersionNotSupported')],
  ])('matches by database and time when the files are %s', (_what, answer) => {
    const script = { DescribeMigrateTasks: tasks([ours]), DescribeOssDownloads: answer };
    expect(look('restore', input(), script).value.found).toBe('yes');
  });

  it('is unclear between two tasks and names both', () => {
    const script = {
      DescribeMigrateTasks: tasks([ours, row({ MigrateTaskId: '564563257' })]),
      DescribeOssDownloads: [files(), files()],
    };
    const { value } = look('restore', input(), script);
    expect(value).toMatchObject({ found: 'unclear', detail: expect.stringMatching(/564563256, 564563257/) });
  });

  it('is distinguished from another task by its file', () => {
    const script = {
      DescribeMigrateTasks: tasks([row({ MigrateTaskId: '1' }), row({ MigrateTaskId: '2' })]),
      DescribeOssDownloads: [files(file('other.bak', 'Restoring')), files(file('prod/orders_full.bak', 'Restoring'))],
    };
    expect(look('restore', input(), script).value).toEqual({ found: 'yes', refs: { migrateTaskId: '2' } });
  });

  it('is searched on every page', () => {
    const page = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => row({ MigrateTaskId: String(from + index), DBName: 'other' }));
    const script = {
      DescribeMigrateTasks: [tasks(page(1, 100), 201), tasks(page(101, 100), 201), tasks([ours], 201)],
      ...shows,
    };
    const { value, asked } = look('restore', input(), script);
    expect(value.found).toBe('yes');
    expect(asked.map(({ query }) => query.PageNumber).slice(0, 3)).toEqual(['1', '2', '3']);
  });

  it('is not absent when the list ends early', () => {
    const script = { DescribeMigrateTasks: [tasks([row({ DBName: 'other' })], 2), tasks([], 2)] };
    expect(look('restore', input(), script).value.found).toBe('unclear');
  });

  it('counts a task once when two pages show it', () => {
    const script = { DescribeMigrateTasks: [tasks([ours], 2), tasks([ours], 2)], ...shows };
    expect(look('restore', input(), script).value.found).toBe('yes');
  });

  it('is unclear when the vendor cannot list tasks', () => {
    const { value } = look('restore', input(), { DescribeMigrateTasks: refusal('EngineVersionNotSupported') });
    expect(value.found).toBe('unclear');
  });

  it('is unclear without a call once the vendor’s list no longer reaches back', () => {
    const { value, asked } = look('restore', input({ now: sentAt + 7 * 24 * 3_600_000 }), {});
    expect(value.found).toBe('unclear');
    expect(asked).toEqual([]);
  });

  it.each(['Throttling', 'InternalError', 'NoPermission'])('remains undecided under %s', (code) => {
    expect(() => look('restore', input(), { DescribeMigrateTasks: refusal(code) })).toThrow(VendorError);
    const script = { DescribeMigrateTasks: tasks([ours]), DescribeOssDownloads: refusal(code) };
    expect(() => look('restore', input(), script)).toThrow(VendorError);
  });

  it('remains undecided after a malformed reply', () => {
    expect(() => look('restore', input(), { DescribeMigrateTasks: reply('<html/>') })).toThrow(VendorError);
  });

  it('is found by the file name in its URL', () => {
    const source = { type: 'url', urls: [{ display: 'https://b.oss/f/or%20ders.bak', sealed: 's' }] } as const;
    const of = migration({ providerRefs: {}, backups: [backup({ source })] });
    const script = (name: string) => ({
      DescribeMigrateTasks: tasks([ours]),
      DescribeOssDownloads: files(file(name, 'Restoring')),
    });
    expect(
      look('restore', input({ migration: of, backup: backup({ source }) }), script('or ders.bak')).value.found,
    ).toBe('yes');
    expect(look('restore', input({ migration: of, backup: backup({ source }) }), script('x.bak')).value.found).toBe(
      'no',
    );
  });
});

describe('an increment whose submission got no reply', () => {
  const increment = log(1, { state: 'submitting' });
  const chain = migration({ mode: 'full_log', backups: [backup({ state: 'restored' }), increment] });
  const input = probeInput({ migration: chain, backup: increment });
  const base = file('orders_full.bak', 'Restored', { CreateTime: '2024-01-02T02:00:00Z' });

  it('is found by its file', () => {
    const script = { DescribeOssDownloads: files(base, file('orders_log1.trn', 'NoStart')) };
    expect(look('restore', input, script).value).toEqual({ found: 'yes', refs: { migrateTaskId: '564563256' } });
  });

  it('is absent when only other files are listed', () => {
    expect(look('restore', input, { DescribeOssDownloads: files(base) }).value).toEqual({ found: 'no' });
  });

  it('is absent when the file of that name is an older one', () => {
    const old = file('orders_log1.trn', 'RestoreFailed', { CreateTime: '2024-01-02T02:30:00Z' });
    expect(look('restore', input, { DescribeOssDownloads: files(base, old) }).value.found).toBe('no');
  });

  describe('an increment with the name of an earlier one in another folder', () => {
    const first = log(1, { state: 'restored', submittedAt: sentAt - 20_000 });
    const source = { type: 'object_storage', bucket: 'acme-backups', keys: ['later/orders_log1.trn'] } as const;
    const second = log(2, { source, state: 'submitting' });
    const calls = [call({}), call({ number: 2, backupId: first.id })];
    const of = migration({ mode: 'full_log', backups: [backup({ state: 'restored' }), first, second], calls });
    const earlier = file('orders_log1.trn', 'Restored', { CreateTime: '2024-01-02T03:03:46Z' });
    const again = file('orders_log1.trn', 'Restoring');

    it.each([
      ['absent while one file explains the earlier one', [base, earlier], 'no'],
      ['found when there is one more', [base, earlier, again], 'yes'],
      ['found in whatever order they are listed', [again, earlier, base], 'yes'],
      ['absent when the earlier file is missing too', [base], 'no'],
    ])('is %s', (_what, rows, found) => {
      const script = { DescribeOssDownloads: files(...rows) };
      expect(look('restore', probeInput({ migration: of, backup: second }), script).value.found).toBe(found);
    });

    it('is found when the earlier one was rejected and is not listed', () => {
      const refused = { ...first, state: 'failed' as const };
      const after = {
        ...of,
        backups: [...of.backups.slice(0, 1), refused, second],
        calls: [call({}), call({ number: 2, backupId: first.id, state: 'refused' })],
      };
      const script = { DescribeOssDownloads: files(base, again) };
      expect(look('restore', probeInput({ migration: after, backup: second }), script).value.found).toBe('yes');
    });

    it('is unclear when fewer files than submissions are listed, one of them new', () => {
      const third = log(3, { source, state: 'submitting' });
      const alsoSent = [...calls, call({ number: 3, backupId: second.id })];
      const more = {
        ...of,
        calls: alsoSent,
        backups: [...of.backups.slice(0, 2), { ...second, state: 'restored' as const }, third],
      };
      const script = { DescribeOssDownloads: files(base, again) };
      expect(look('restore', probeInput({ migration: more, backup: third }), script).value.found).toBe('unclear');
    });
  });

  it.each([
    ['Running', 'yes'],
    ['NoStart', 'yes'],
    ['Failed', 'yes'],
    ['Waiting', 'unclear'],
    ['Paused', 'unclear'],
  ])('without a list of files, the status %s means %s', (status, found) => {
    const script = {
      DescribeOssDownloads: refusal('EngineVersionNotSupported'),
      DescribeMigrateTaskById: task({ Status: status }),
    };
    expect(look('restore', input, script).value.found).toBe(found);
  });

  it('is unclear when neither files nor the task are listed', () => {
    const script = {
      DescribeOssDownloads: files(),
      DescribeMigrateTaskById: refusal('InvalidMigrateTaskId.NotFound', 404),
    };
    expect(look('restore', input, script).value.found).toBe('unclear');
  });

  it('is unclear without a chain', () => {
    const of = migration({ mode: 'full_log', providerRefs: {}, backups: chain.backups });
    expect(look('restore', probeInput({ migration: of, backup: increment }), {}).value.found).toBe('unclear');
  });

  it('remains undecided while the vendor throttles', () => {
    expect(() => look('restore', input, { DescribeOssDownloads: refusal('Throttling') })).toThrow(VendorError);
  });
});

describe('other calls in doubt', () => {
  const chain = probeInput({ migration: migration({ mode: 'full_log', state: 'cutting_over' }), backup: null });
  it.each([
    ['open', 'Running', 'yes'],
    ['open', 'Success', 'yes'],
    ['open', 'Failed', 'yes'],
    ['open', 'Waiting', 'no'],
    ['open', 'NoStart', 'unclear'],
    ['open', 'Opening', 'unclear'],
    ['cancel', 'Failed', 'yes'],
    ['cancel', 'Success', 'yes'],
    ['cancel', 'Running', 'no'],
    ['cancel', 'Waiting', 'no'],
    ['cancel', 'NoStart', 'no'],
    ['cancel', 'Terminating', 'unclear'],
  ] as const)('%s under %s: %s', (step, status, found) => {
    expect(look(step, chain, { DescribeMigrateTaskById: task({ Status: status }) }).value.found).toBe(found);
  });

  it.each(['open', 'cancel'] as const)('%s is unclear when the task is unknown or a different one', (step) => {
    const gone = refusal('InvalidMigrateTaskId.NotFound', 404);
    expect(look(step, chain, { DescribeMigrateTaskById: gone }).value.found).toBe('unclear');
    const other = task({ MigrateTaskId: '1', Status: 'Waiting' });
    expect(look(step, chain, { DescribeMigrateTaskById: other }).value.found).toBe('unclear');
  });
});
