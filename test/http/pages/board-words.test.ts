import { describe, expect, it } from 'vitest';
import {
  between,
  counted,
  databasesOf,
  duration,
  inWords,
  nameOf,
  progressOf,
  sizeInWords,
  sourceInWords,
  sourceTime,
  standingOf,
  titled,
  whatIsDecidedOn,
} from '../../../src/http/pages/board/words.js';

const backup = (state: string, more: object = {}) => ({ id: state, type: 'log', state, header: null, ...more });
const progress = { percent: null, backupsTotal: 3, backupsRestored: 1, behindSeconds: null };

describe('the words of the board', () => {
  it('convert codes into words', () => {
    expect(inWords('migration.state_changed')).toBe('migration state changed');
    expect(titled('awaiting_backup')).toBe('Awaiting backup');
    expect([counted(0, 'file'), counted(1, 'file'), counted(2, 'file')]).toEqual(['0 files', '1 file', '2 files']);
  });

  it.each([
    [-5, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [3660, '1 h 1 min'],
    [47 * 3600 + 59 * 60, '47 h 59 min'],
    [48 * 3600, '2 days'],
  ])('format %d seconds as %s', (seconds, words) => expect(duration(seconds)).toBe(words));

  it('format the time between two moments in any notation', () => {
    expect(between('2026-11-28T01:00:00Z', '2026-11-28T03:30:00Z')).toBe('2 h 30 min');
    expect(between('2026-11-28T01:00:00Z', Date.parse('2026-11-28T01:00:30Z'))).toBe('30 s');
  });

  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [150 * 1024, '150 KiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [5 * 1024 ** 5, '5120 TiB'],
  ])('format %d bytes as %s', (bytes, words) => expect(sizeInWords(bytes)).toBe(words));

  it('do not convert the source’s time, which has no zone', () => {
    expect(sourceTime('2026-11-28T01:00:00')).toBe('2026-11-28 01:00:00');
  });

  it('describe each kind of source', () => {
    expect(sourceInWords({ type: 'object_storage', bucket: 'acme', keys: ['a.bak', 'b.bak'] })).toEqual([
      'acme/a.bak',
      'acme/b.bak',
    ]);
    expect(sourceInWords({ type: 'url', urls: ['https://x.example/a.bak'] })).toEqual(['https://x.example/a.bak']);
    expect(sourceInWords({ type: 'upload', fileName: 'a.bak' })).toEqual(['a.bak']);
    expect(sourceInWords({ type: 'instance_backup', instanceId: 'i', backupId: 'b' })).toEqual(['i / b']);
    expect(sourceInWords({ type: 'adopted', files: [] })).toEqual(['sent outside Godwit']);
  });

  it('call a migration by its name, else by its databases, else by its id', () => {
    const target = { databases: [{ name: 'orders', restoreAs: 'orders_copy' }, { name: 'sales' }] };
    expect(databasesOf({ target })).toBe('orders_copy, sales');
    expect(nameOf({ id: 'mig_1', name: 'monday', target })).toBe('monday');
    expect(nameOf({ id: 'mig_1', name: null, target })).toBe('orders_copy, sales');
    expect(nameOf({ id: 'mig_1', name: null, target: {} })).toBe('mig_1');
  });
});

describe('the progress of a migration', () => {
  it('counts restored and waiting backups, and has no percentage while none is known', () => {
    const backups = [backup('restored'), backup('submitting'), backup('queued')];
    expect(progressOf({ progress, backups, state: 'restoring' })).toEqual({
      value: null,
      counts: '1 of 3 restored, 2 waiting',
      behind: null,
    });
    const half = { ...progress, percent: 40 };
    expect(progressOf({ progress: half, backups: [], state: 'restoring' }).counts).toBe('1 of 3 restored, 40 %');
    expect(progressOf({ progress: half, backups: [], state: 'succeeded' }).counts).toBe('1 of 3 restored');
  });

  it('shows the lag behind the source, from the folder or the newest restored file', () => {
    const behind = (behindSeconds: number | null, backups: object[] = []) =>
      progressOf({ progress: { ...progress, behindSeconds }, backups, state: 'restoring' }).behind;
    expect(behind(0)).toBe('level with the newest file in the folder');
    expect(behind(900)).toBe('15 min behind the newest file in the folder');
    const restored = backup('restored', { header: { finishedAt: '2026-11-28T01:15:00' } });
    expect(behind(null, [restored, backup('queued')])).toBe('data as of 2026-11-28 01:15:00, source’s clock');
    expect(behind(null, [backup('queued')])).toBeNull();
  });
});

describe('the status sentence of a migration', () => {
  const migration = (state: string, more: object = {}) => ({
    state,
    provider: 'tencent',
    target: { instanceId: 'mssql-1' },
    backups: [backup('restored', { type: 'full' }), backup('restoring')],
    blocking: [],
    ...more,
  });
  const said = (state: string, more: object = {}) => standingOf(migration(state, more), { title: 'Tencent Cloud' });

  it('exists for each state', () => {
    expect(said('pending')).toBe('Stored here. Tencent Cloud has not confirmed it yet.');
    expect(said('restoring')).toBe('Tencent Cloud restores backup 2 of 2 (log).');
    expect(said('restoring', { backups: [] })).toBe('Tencent Cloud restores the backup.');
    expect(said('succeeded')).toBe('The database is online on mssql-1.');
    expect(standingOf(migration('pending'), undefined)).toContain('tencent has not confirmed');
  });

  it('distinguishes a chain that waits for a backup from one that waits for a decision', () => {
    expect(said('awaiting_backup')).toContain('It waits for the next backup, or for the cutover.');
    const failed = { backups: [backup('failed')], blocking: [{ code: 'backup_failed' }] };
    expect(said('awaiting_backup', failed)).toContain('waits for your decision.');
  });

  it('exists for an unknown state of a newer gateway', () => expect(said('half_way')).toBe('half way'));
});

describe('the basis of a decision', () => {
  const seen = { state: 'awaiting_backup', actions: ['cut_over'], blocking: [], backups: [backup('restored')] };

  it('is unchanged while only the vendor’s progress changes', () => {
    expect(whatIsDecidedOn({ ...seen, observedAt: 'later', progress })).toBe(whatIsDecidedOn(seen));
  });

  it.each([
    ['state', { state: 'cutting_over' }],
    ['actions', { actions: [] }],
    ['blocking', { blocking: [{ code: 'stalled' }] }],
    ['backups', { backups: [backup('failed')] }],
  ])('changes when %s has changed', (_what, change) =>
    expect(whatIsDecidedOn({ ...seen, ...change })).not.toBe(whatIsDecidedOn(seen)),
  );
});
