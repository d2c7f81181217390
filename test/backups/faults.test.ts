import { describe, expect, it } from 'vitest';
import { chainsOf, continuationOf, reachedBy } from '../../src/backups/chain.ts';
import { ownFaults, placeFaults, storageFault } from '../../src/backups/faults.ts';
import { readBackup } from '../../src/backups/read.ts';
import { type BackupFileSpecification, writeBackupFile } from '../../src/sandbox/object-store/backup-file.ts';
import { history, readSynthetic } from './history.ts';

const full: BackupFileSpecification = {
  database: 'orders',
  kind: 'D',
  firstLsn: '100',
  lastLsn: '200',
  checkpointLsn: '100',
  databaseBackupLsn: '0',
  startedAt: '2026-11-28T01:00:00',
  finishedAt: '2026-11-28T01:02:03',
};
const file = (change: Partial<BackupFileSpecification> = {}) => readSynthetic({ ...full, ...change });
const codes = (faults: readonly { code: string; certain: boolean }[]) =>
  faults.map(({ code, certain }) => (certain ? code : `${code}?`));
const cutOff = () => {
  const bytes = writeBackupFile(full);
  return raw(bytes.subarray(0, bytes.length - 4096));
};
const raw = (bytes: Buffer) => readBackup({ size: bytes.length, head: bytes, tail: bytes });

describe('faults of a single file', () => {
  it.each([
    ['is sound', file(), []],
    ['is one stripe of several', file({ stripe: { number: 1, of: 2 } }), ['backup_striped']],
    ['is truncated', cutOff(), ['backup_corrupt_or_newer']],
    ['holds two backup sets', file({ sets: 2 }), ['backup_with_several_sets']],
    ['is a file group backup', file({ kind: 'F' }), ['wrong_backup_kind']],
    ['is an archive', raw(Buffer.from('PK\x03\x04')), ['backup_corrupt_or_newer']],
    ['is a PDF document', raw(Buffer.from('%PDF-1.7')), ['backup_corrupt_or_newer']],
    ['is empty', raw(Buffer.alloc(0)), ['backup_corrupt_or_newer']],
    ['is encrypted', raw(Buffer.concat([Buffer.from('MSSQLBAK'), Buffer.alloc(900)])), []],
  ])('are $2 for a file that $0', (_name, read, expected) => {
    expect(codes(ownFaults(read))).toEqual(expected);
  });

  it('names the stripe number and the storage class that the cloud cannot read', () => {
    expect(ownFaults(file({ stripe: { number: 1, of: 2 } }))[0]?.detail).toContain('stripe 1 of 2');
    const standardOnly = (name: string) => name === 'Standard';
    expect(storageFault('ColdArchive', standardOnly)?.detail).toContain('ColdArchive');
    expect([storageFault('Standard', standardOnly), storageFault(null, standardOnly)]).toEqual([null, null]);
  });
});

describe('faults of a file at its position in a chain', () => {
  const reached = { key: 'a.bak', baseLsn: 100n, lastLsn: 200n, hasLogs: false };
  const log = { kind: 'L', firstLsn: '150', lastLsn: '250' } as const;
  it.each([
    ['a full backup in the place of a log', file(), { type: 'log' }, ['wrong_backup_kind']],
    ['a backup of another database', file(), { type: 'full', databases: ['sales'] }, ['database_not_in_backup']],
    ['a database name in another case', file(), { type: 'full', databases: ['Orders'] }, []],
    [
      'a backup of a newer server',
      file({ serverVersion: '16.0.1000' }),
      { type: 'full', targetMajor: 15 },
      ['newer_version'],
    ],
    ['a backup of an older server', file({ serverVersion: '13.0.1000' }), { type: 'full', targetMajor: 15 }, []],
    ['the next log', file(log), { type: 'log', reached }, []],
    ['a log after a gap', file({ ...log, firstLsn: '201' }), { type: 'log', reached }, ['log_chain_gap']],
    ['an earlier log', file({ ...log, lastLsn: '199' }), { type: 'log', reached }, ['log_already_restored']],
    ['the same log again', file({ ...log, lastLsn: '200' }), { type: 'log', reached }, ['log_already_restored']],
    ['a log without changes', file({ ...log, firstLsn: '200', lastLsn: '200' }), { type: 'log', reached }, []],
    [
      'a differential of the base',
      file({ kind: 'I', databaseBackupLsn: '100' }),
      { type: 'differential', reached },
      [],
    ],
    [
      'a differential of another base',
      file({ kind: 'I', databaseBackupLsn: '101' }),
      { type: 'differential', reached },
      ['differential_base_mismatch'],
    ],
    [
      'a different database with the same name',
      file(),
      { type: 'full', bindingId: '00'.repeat(16) },
      ['database_not_in_backup?'],
    ],
  ] as const)('are $3 for $0', (_name, read, place, expected) => {
    expect(codes(placeFaults(read, { databases: [], ...place }))).toEqual(expected);
  });
});

describe('a chain', () => {
  const all = { differential: true, logs: true };

  it('names the files on both sides of a gap and keeps the files after the gap in order', () => {
    const files = history(['full', 'log', 'log', 'log', 'log']);
    const keys = files.map(({ key }) => key);
    const [chain] = chainsOf(files.toSpliced(2, 1).toReversed(), all);
    expect(chain).toMatchObject({ complete: false, restores: keys.toSpliced(2, 1), needless: [] });
    expect(chain?.gaps).toEqual([expect.objectContaining({ after: keys[1], before: keys[3] })]);
    expect(chain?.gaps[0]?.detail).toContain(keys[1]);
  });

  it('uses the last differential and skips the files it covers if the provider accepts differentials', () => {
    const files = history(['full', 'log', 'differential', 'log', 'differential', 'log']);
    const keys = files.map(({ key }) => key);
    expect(chainsOf(files, all)[0]?.restores).toEqual([keys[0], keys[4], keys[5]]);
    const without = chainsOf(files, { differential: false, logs: true })[0];
    expect(without?.restores).toEqual([keys[0], keys[1], keys[3], keys[5]]);
    expect(without?.needless.map(({ key }) => key)).toEqual([keys[2], keys[4]]);
  });

  it('starts from the newest full backup unless an older one reaches a later point', () => {
    const files = history(['full', 'log', 'full', 'log']);
    const keys = files.map(({ key }) => key);
    expect(chainsOf(files, all)[0]?.restores).toEqual([keys[2], keys[3]]);
    const copy = history(['full', 'copy', 'differential']);
    expect(chainsOf(copy, { differential: true, logs: false })[0]?.restores).toEqual([copy[0]?.key, copy[2]?.key]);
  });

  it('reports a gap at its beginning when there is no full backup', () => {
    const [, ...logs] = history(['full', 'log', 'log']);
    expect(chainsOf(logs, all)[0]).toMatchObject({ complete: false, gaps: [{ after: null, before: logs[0]?.key }] });
  });

  it('groups files by database', () => {
    const files = [...history(['full', 'log']), ...history(['full'], 3, 'sales')].map((each, index) => ({
      ...each,
      key: `${index}-${each.key}`,
    }));
    expect(chainsOf(files, all).map(({ database, restores }) => [database, restores.length])).toEqual([
      ['orders', 2],
      ['sales', 1],
    ]);
  });

  it('orders ten thousand logs in one pass', () => {
    const [first] = history(['full']);
    const base = first?.file;
    if (base === undefined) throw new Error('no file');
    const logs = Array.from({ length: 10_000 }, (_, index) => ({
      key: `log-${index}`,
      file: {
        ...base,
        header: {
          ...base.header,
          type: 'log' as const,
          firstLsn: String(index * 10 + 1),
          lastLsn: String(index * 10 + 11),
        },
      },
    }));
    const reached = { key: 'full', baseLsn: 1n, lastLsn: 5n, hasLogs: false };
    expect(continuationOf(reached, logs, all).ready).toHaveLength(10_000);
    expect(reachedBy(logs)).toBeUndefined();
  });
});
