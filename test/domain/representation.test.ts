import { describe, expect, it } from 'vitest';
import type { Migration } from '../../src/domain/migration.ts';
import { representMigration } from '../../src/domain/representation.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { sampleBackup, sampleMigration } from '../support/samples.ts';

function percentOf(overrides: Partial<Migration>): number | null {
  return representMigration(sampleMigration(overrides), alibaba).progress.percent;
}

const restored = sampleBackup({ state: 'restored', final: false });
const restoring = sampleBackup({ type: 'log', state: 'restoring', final: false });
const queued = sampleBackup({ type: 'log', final: false });

describe('the percentage of a migration', () => {
  it('is the vendor’s value for a single backup', () => {
    expect(percentOf({ mode: 'full', state: 'restoring', percent: 41.6 })).toBe(42);
    expect(percentOf({ mode: 'full', state: 'restoring', percent: null })).toBeNull();
    expect(percentOf({ mode: 'full', state: 'restoring', percent: 170 })).toBe(100);
  });

  it('of a chain counts restored backups plus the running backup’s share', () => {
    const chain = { mode: 'full_log', state: 'restoring', backups: [restored, restoring, queued] } as const;
    expect(percentOf({ ...chain, percent: null })).toBe(33);
    expect(percentOf({ ...chain, percent: 10 })).toBe(36);
    expect(percentOf({ ...chain, percent: 99 })).toBe(66);
    expect(percentOf({ ...chain, backups: [restored], percent: 99 })).toBe(100);
    expect(percentOf({ ...chain, backups: [restored, { ...restoring, state: 'failed' }], percent: 100 })).toBe(50);
  });
});

describe('a long chain', () => {
  const log = () => sampleBackup({ type: 'log', state: 'restored', final: false });
  const migration = sampleMigration({ mode: 'full_log', backups: [restored, ...Array.from({ length: 80 }, log)] });

  it('is abbreviated to the full backup, the last ones and the number left out', () => {
    const shown = representMigration(migration, alibaba, 50);
    expect(shown.backups.map(({ id }) => id)).toEqual(
      [migration.backups[0], ...migration.backups.slice(-49)].map((backup) => backup?.id),
    );
    expect(shown.backupsOmitted).toBe(31);
    expect(shown.progress.backupsTotal).toBe(81);
  });

  it('is shown in full when it is short enough', () => {
    for (const most of [81, undefined]) {
      const shown = representMigration(migration, alibaba, most);
      expect(shown.backups).toHaveLength(81);
      expect(shown).not.toHaveProperty('backupsOmitted');
    }
  });
});
