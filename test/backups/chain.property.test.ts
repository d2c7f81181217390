import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainsOf, continuationOf, type NamedFile, reachedBy } from '../../src/backups/chain.ts';
import { history, SqlServer } from './history.ts';

const numRuns = Number(process.env.GODWIT_PROPERTY_RUNS ?? 300);

/** A history, the files of it that exist, and the order in which they are listed. */
const scene = fc
  .record({
    kinds: fc.array(fc.constantFrom('full', 'differential', 'log', 'log', 'log', 'quiet', 'copy'), { maxLength: 24 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .chain(({ kinds, seed }) => {
    const files = history(['full', ...kinds] as never, seed);
    return fc.record({ files: fc.constant(files), present: fc.shuffledSubarray(files, { minLength: 0 }) });
  });

const rules = fc.record({ differential: fc.boolean(), logs: fc.boolean() });

describe('a chain built from any subset of a backup history, listed in any order', () => {
  it('restores in SQL Server up to its first gap and lists every file exactly once', () => {
    fc.assert(
      fc.property(scene, rules, ({ present }, allowed) => {
        for (const chain of chainsOf(present, allowed)) {
          const named = [...chain.restores, ...chain.needless.map(({ key }) => key)];
          expect(named.toSorted()).toEqual(present.map(({ key }) => key).toSorted());
          expect(chain.complete).toBe(chain.gaps.length === 0);
          if (chain.gaps[0]?.after === null) continue;

          const server = new SqlServer();
          const firstGap = chain.gaps[0]?.before;
          const ready = chain.restores.slice(0, firstGap ? chain.restores.indexOf(firstGap) : undefined);
          for (const key of ready) expect(server.restore(fileOf(present, key)), `${key} in ${ready}`).toBe('restored');
          for (const gap of chain.gaps)
            expect(chain.restores.indexOf(gap.before)).toBe(chain.restores.indexOf(gap.after ?? '') + 1);
          if (firstGap) expect(server.restore(fileOf(present, firstGap))).toBe('too recent');
        }
      }),
      { numRuns },
    );
  });

  it('reaches as late a point as any other order of restores', () => {
    fc.assert(
      fc.property(scene, ({ present }) => {
        const [chain] = chainsOf(present, { differential: true, logs: true });
        if (chain === undefined || chain.gaps[0]?.after === null) return;
        const firstGap = chain.gaps[0]?.before;
        const ready = chain.restores.slice(0, firstGap ? chain.restores.indexOf(firstGap) : undefined);
        expect(reachedBy(ready.map((key) => fileOf(present, key)))?.lastLsn).toBe(SqlServer.furthest(present));
      }),
      { numRuns },
    );
  });

  it('starts from a copy-only backup when it is the newest full backup and no differential can follow', () => {
    const files = history(['full', 'log', 'copy', 'log']);
    const start = (present: readonly NamedFile[], allowed = { differential: false, logs: true }) =>
      chainsOf(present, allowed)[0]?.restores[0];
    expect(start(files)).toBe(files[2]?.key);
    // No later differential can be based on a copy-only backup.
    expect(start(files, { differential: true, logs: false })).toBe(files[0]?.key);
    expect(start(files, { differential: false, logs: false })).toBe(files[2]?.key);
  });

  it('continues from the last restored file, whichever files are listed', () => {
    fc.assert(
      fc.property(scene, fc.nat(), ({ files, present }, cut) => {
        const allowed = { differential: false, logs: true };
        const [whole] = chainsOf(files, allowed);
        if (whole === undefined) return;
        const taken = whole.restores.slice(0, 1 + (cut % whole.restores.length)).map((key) => fileOf(files, key));
        const reached = reachedBy(taken);
        if (reached === undefined) throw new Error('a file of the history tells no place');
        const rest = continuationOf(reached, present, allowed);
        const server = new SqlServer();
        for (const file of [...taken, ...rest.ready.map((key) => fileOf(present, key))])
          expect(server.restore(file)).toBe('restored');
      }),
      { numRuns },
    );
  });
});

describe('a chain', () => {
  const made = history(['full', 'differential', 'log']);
  const [full, differential, log] = made as [NamedFile, NamedFile, NamedFile];
  const at = (file: NamedFile, key: string, header: object): NamedFile => ({
    key,
    file: { ...file.file, header: { ...file.file.header, ...header } },
  });
  const lsn = (number: number) => String(25_000_001_000_000_001n + BigInt(number));

  it.each([
    ['full backups', 'log'],
    ['differential backups of one full backup', 'differential'],
  ] as const)('of 20,000 files is found when half of them are %s', (_, kind) => {
    const base = lsn(0);
    const files = Array.from({ length: 20_000 }, (_, number) => {
      const [key, lastLsn] = [`file-${number}.bak`, lsn(number)];
      if (number % 2 === 1) return at(log, key, { firstLsn: lsn(number - 1), lastLsn });
      if (number === 0 || kind === 'log') return at(full, key, { lastLsn, checkpointLsn: lastLsn });
      return at(differential, key, { lastLsn, databaseBackupLsn: base });
    });
    const [chain] = chainsOf(files, { differential: true, logs: true });
    // Each second step is missing, so no chain reaches further than its start and one log.
    expect(chain?.restores.slice(0, 2)).toEqual(
      kind === 'log' ? ['file-19998.bak', 'file-19999.bak'] : ['file-0.bak', 'file-19998.bak'],
    );
    expect(chain?.needless).toHaveLength(20_000 - (chain?.restores.length ?? 0));
  });

  it('leaves out a log that ends before it begins', () => {
    const logs = [
      at(log, 'first.trn', { firstLsn: lsn(0), lastLsn: lsn(100) }),
      at(log, 'backwards.trn', { firstLsn: lsn(200), lastLsn: lsn(50) }),
    ];
    const start = at(full, 'full.bak', { lastLsn: lsn(10), checkpointLsn: lsn(10) });
    const [chain] = chainsOf([start, ...logs], { differential: false, logs: true });
    expect(chain).toMatchObject({ restores: ['full.bak', 'first.trn'], complete: true });
  });
});

function fileOf(files: readonly NamedFile[], key: string): NamedFile {
  const file = files.find((each) => each.key === key);
  if (file === undefined) throw new Error(`no file ${key}`);
  return file;
}
