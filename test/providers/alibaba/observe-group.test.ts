import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import {
  account,
  converse,
  instanceId,
  migration,
  observedAt,
  refusal,
  row,
  type Script,
  task,
  tasks,
} from './fixture.ts';

describe('several migrations of one instance', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      migration({ id: `mig_${index}`, providerRefs: { migrateTaskId: String(100 + index) } }),
    );
  const observe = (migrations: readonly Migration[], script: Script) =>
    converse(alibaba.observe(migrations, account, observedAt), script);

  it('are grouped by account, region and instance', () => {
    const group = (changes: Partial<Migration>) => alibaba.observationGroup(migration(changes));
    expect(group({ id: 'other', mode: 'full_log' })).toBe(group({}));
    expect(new Set([group({}), group({ account: 'b' }), group({ region: 'cn-beijing' })]).size).toBe(3);
    expect(group({ target: { instanceId: 'rm-other', overwrite: false } })).not.toBe(group({}));
  });

  it('are read with one list call', () => {
    const rows = [
      row({ MigrateTaskId: '100', Status: 'Success' }),
      row({ MigrateTaskId: '101' }),
      row({ MigrateTaskId: '7' }),
    ];
    const { value, asked } = observe(many(2), { DescribeMigrateTasks: tasks(rows) });
    expect(asked).toEqual([
      {
        operation: 'DescribeMigrateTasks',
        query: {
          DBInstanceId: instanceId,
          StartTime: '2024-01-02T02:04Z',
          EndTime: '2024-01-02T03:15Z',
          PageSize: '100',
          PageNumber: '1',
        },
      },
    ]);
    expect([...value].map(([id, { phase }]) => [id, phase])).toEqual([
      ['mig_0', 'succeeded'],
      ['mig_1', 'restoring'],
    ]);
  });

  it('are listed for one week at most', () => {
    const old = many(2).map((each) => ({ ...each, createdAt: observedAt - 30 * 24 * 3_600_000 }));
    const { asked } = observe(old, {
      DescribeMigrateTasks: tasks([]),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId }),
    });
    expect(asked[0]?.query.StartTime).toBe('2023-12-26T03:04Z');
  });

  it('are read one by one when the list lacks them', () => {
    const { value, asked } = observe(many(3), {
      DescribeMigrateTasks: tasks([row({ MigrateTaskId: '101' })]),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId, Status: 'Success' }),
    });
    expect(asked.map(({ query }) => query.MigrateTaskId)).toEqual([undefined, '100', '102']);
    expect([...value.values()].map(({ phase }) => phase)).toEqual(['succeeded', 'restoring', 'succeeded']);
  });

  it('are read one by one when the vendor cannot list', () => {
    const { value } = observe(many(2), {
      DescribeMigrateTasks: refusal('EngineVersionNotSupported'),
      DescribeMigrateTaskById: ({ MigrateTaskId }) =>
        MigrateTaskId === '100' ? refusal('InvalidMigrateTaskId.NotFound', 404) : task({ MigrateTaskId }),
    });
    expect([...value.values()].map(({ phase }) => phase)).toEqual(['missing', 'restoring']);
  });

  it('stop paging as soon as all are found', () => {
    const page = Array.from({ length: 100 }, (_, index) => row({ MigrateTaskId: String(100 + index) }));
    const { asked } = observe(many(2), { DescribeMigrateTasks: tasks(page, 3_000) });
    expect(asked).toHaveLength(1);
  });

  it('read a bounded number of pages', () => {
    const page = Array.from({ length: 100 }, () => row({ MigrateTaskId: '1' }));
    const { asked } = observe(many(2), {
      DescribeMigrateTasks: () => tasks(page, 999_999_999),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId }),
    });
    expect(asked.length).toBeLessThan(60);
  });

  it('pass throttling on', () => {
    expect(() => observe(many(2), { DescribeMigrateTasks: refusal('Throttling') })).toThrow(VendorError);
  });
});
