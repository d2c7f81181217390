import { describe, expect, it } from 'vitest';
import type { Migration, Source } from '../../../src/domain/migration.ts';
import type { BackupType, Mode } from '../../../src/domain/vocabulary.ts';
import { chainSuffix } from '../../../src/providers/tencent/file-names.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import { account, backup, instanceId, migration } from './fixtures.ts';

const object = (name: string): Source => ({
  type: 'object_storage',
  bucket: 'acme-1250000000',
  keys: [`prod/${name}`],
});
const of = (mode: Mode, source: Source, changes: Partial<Migration> = {}) =>
  migration({ mode, backups: [backup({ source })], ...changes });
const time = '20261121190800';

describe('file names of a chain', () => {
  it.each<[Exclude<Mode, 'full'>, BackupType, boolean, string]>([
    ['full_differential', 'full', false, '1full1_1noreconvery1'],
    ['full_differential', 'differential', false, '1diff1_1noreconvery1'],
    ['full_differential', 'differential', true, '1diff1_1reconvery1'],
    ['full_log', 'full', false, '2full2_2noreconvery2'],
    ['full_log', 'log', false, '2log2_2noreconvery2'],
    ['full_log', 'log', true, '2log2_2reconvery2'],
  ])('%s, %s, final %s: %s', (mode, type, final, suffix) => {
    expect(chainSuffix({ mode, type, final })).toBe(suffix);
    const full = object(`orders_${time}_${chainSuffix({ mode, type: 'full', final: false })}.bak`);
    const check = (name: string) =>
      type === 'full'
        ? tencent.checkMigration(of(mode, object(name)), account)
        : tencent.checkBackup(of(mode, full), { type, final, source: object(name) });
    expect(check(`orders_${time}_${suffix}.bak`)).toEqual([]);
    const others = [
      '1full1_1noreconvery1',
      '1diff1_1noreconvery1',
      '1diff1_1reconvery1',
      '2full2_2noreconvery2',
      '2log2_2noreconvery2',
      '2log2_2reconvery2',
    ].filter((each) => each !== suffix);
    for (const other of [...others, suffix.replace('con', 'co')])
      expect(check(`orders_${time}_${other}.bak`)).toEqual([
        { pointer: '/source/keys/0', detail: expect.stringContaining(` orders_${time}_${suffix}.bak `) },
      ]);
  });

  it.each([
    [`orders_${time}_2full2_2noreconvery2.bak`, true],
    [`my_orders_${time}_2full2_2noreconvery2.bak`, true],
    [`订单_${time}_2full2_2noreconvery2.bak`, true],
    [`orders_2026112119080_2full2_2noreconvery2.bak`, false],
    [`orders_${time}_2full2_2noreconvery2.BAK`, false],
    [`orders_${time}_2full2_2noreconvery2.zip`, false],
    [`orders_${time}_2full2_2noreconvery2.bak.bak`, false],
    [`_${time}_2full2_2noreconvery2.bak`, false],
    [`orders_${time}_2full2_2norecovery2.bak`, false],
    ['orders.bak', false],
  ])('%s fits the base of a log chain: %s', (name, fits) => {
    expect(tencent.checkMigration(of('full_log', object(name)), account).length === 0).toBe(fits);
  });

  it.each<[string, string, readonly string[], string]>([
    ['all known from the name', `orders_${time}.bak`, [], `orders_${time}_2full2_2noreconvery2.bak`],
    ['the database from the request', 'backup.bak', ['sales'], 'sales_<yyyyMMddHHmmss>_2full2_2noreconvery2.bak'],
    ['the time from the name', `${time}.bak`, [], `<database>_${time}_2full2_2noreconvery2.bak`],
    ['nothing known', 'backup.bak', ['a', 'b'], '<database>_<yyyyMMddHHmmss>_2full2_2noreconvery2.bak'],
  ])('shows the expected name: %s', (_title, name, databases, expected) => {
    const target = {
      instanceId,
      overwrite: false,
      ...(databases.length === 0 ? {} : { databases: databases.map((each) => ({ name: each })) }),
    };
    const [fault] = tencent.checkMigration(of('full_log', object(name), { target }), account);
    expect(fault?.detail).toContain(` ${expected} `);
    expect(fault?.detail).toContain(`named ${name}.`);
  });

  it('take the database of an increment from the full backup', () => {
    const full = of('full_log', object(`orders_${time}_2full2_2noreconvery2.bak`));
    const [fault] = tencent.checkBackup(full, { type: 'log', final: true, source: object('tail.bak') });
    expect(fault?.detail).toContain(' orders_<yyyyMMddHHmmss>_2log2_2reconvery2.bak ');
  });
});

describe('the base of a chain', () => {
  it('is never recovered, even if the request asks for it', () => {
    expect(chainSuffix({ mode: 'full_log', type: 'full', final: true })).toBe('2full2_2noreconvery2');
  });
});

describe('file names of a single restore', () => {
  it.each([
    ['anything at all.bak', true],
    ['orders.TAR', true],
    ['orders.zip', true],
    ['orders.tar.gz', false],
    ['orders', false],
    ['orders.bak/', false],
  ])('%s is accepted: %s', (name, fits) => {
    expect(tencent.checkMigration(of('full', object(name)), account).length === 0).toBe(fits);
  });
});

describe('where the bucket’s region is read', () => {
  const link = (display: string): Source => ({ type: 'url', urls: [{ display, sealed: 'x' }] });
  const good = `orders_${time}_2full2_2noreconvery2.bak`;

  it.each<[string, Source, readonly string[]]>([
    ['a key', object(good), []],
    ['a key that is wrong', object('x.bak'), ['/source/keys/0']],
    ['a link', link(`https://b.cos.ap-guangzhou.myqcloud.com/prod/${good}`), []],
    ['a link with an encoded slash', link(`https://b.cos.ap-guangzhou.myqcloud.com/prod%2F${good}`), []],
    ['a link with a malformed escape', link('https://b.cos.ap-guangzhou.myqcloud.com/%E8%.bak'), ['/source/urls/0']],
    ['a link that is masked', link('[secret]'), ['/source/urls/0']],
    ['an upload', { type: 'upload', fileName: good }, []],
    ['an upload that is wrong', { type: 'upload', fileName: 'x.bak' }, ['/source/fileName']],
  ])('$0 has faults at $2', (_title, source, pointers) => {
    expect(tencent.checkMigration(of('full_log', source), account).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('an address in another region is rejected', () => {
    const elsewhere = tencent.checkMigration(
      of('full', link('https://b-1.cos.ap-shanghai.myqcloud.com/x.bak')),
      account,
    );
    expect(elsewhere).toEqual([{ pointer: '/source/urls/0', detail: expect.stringContaining('ap-shanghai') }]);
    const endpoint: Source = {
      type: 'object_storage',
      bucket: 'b-1250000000',
      keys: ['x.bak'],
      endpoint: 'cos.ap-shanghai.myqcloud.com',
    };
    expect(tencent.checkMigration(of('full', endpoint), account)).toMatchObject([{ pointer: '/source/endpoint' }]);
    const own: Source = { ...endpoint, endpoint: 'cos.ap-guangzhou.myqcloud.com' };
    expect(tencent.checkMigration(of('full', own), account)).toEqual([]);
    expect(tencent.checkMigration(of('full', link('https://files.example.com/x.bak')), account)).toEqual([]);
  });
});

describe('an increment', () => {
  const full = object(`orders_${time}_2full2_2noreconvery2.bak`);
  const log = object(`orders_${time}_2log2_2noreconvery2.bak`);

  it('is rejected in a single restore', () => {
    expect(tencent.checkBackup(of('full', full), { type: 'log', final: false, source: log })).toMatchObject([
      { pointer: '/type' },
    ]);
  });

  it('must have the chain’s type', () => {
    const faults = tencent.checkBackup(of('full_log', full), { type: 'differential', final: false, source: log });
    expect(faults).toMatchObject([{ pointer: '/type' }]);
  });

  it.each<[string, Source, Source, boolean]>([
    ['link after link', full, log, true],
    [
      'upload after upload',
      { type: 'upload', fileName: `orders_${time}_2full2_2noreconvery2.bak` },
      { type: 'upload', fileName: `orders_${time}_2log2_2noreconvery2.bak` },
      true,
    ],
    ['upload after link', full, { type: 'upload', fileName: `orders_${time}_2log2_2noreconvery2.bak` }, false],
    ['link after upload', { type: 'upload', fileName: `orders_${time}_2full2_2noreconvery2.bak` }, log, false],
  ])('comes as the full backup came: %s', (_title, first, source, fits) => {
    const pointers = tencent
      .checkBackup(of('full_log', first), { type: 'log', final: false, source })
      .map((each) => each.pointer);
    expect(pointers).toEqual(fits ? [] : ['/source/type']);
  });

  it('must be marked final if its name says so', () => {
    const tail = object(`orders_${time}_2log2_2reconvery2.bak`);
    const check = (final: boolean) => tencent.checkBackup(of('full_log', full), { type: 'log', final, source: tail });
    expect(check(true)).toEqual([]);
    expect(check(false)).toMatchObject([{ pointer: '/source/keys/0' }]);
  });
});
