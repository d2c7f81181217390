import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLsn } from '../../src/backups/lsn.ts';
import { type BackupFile, headBytes, readBackup, tailBytes } from '../../src/backups/read.ts';
import { decodeXpressHuffman } from '../../src/backups/xpress-huffman.ts';
import { type BackupFileSpecification, writeBackupFile } from '../../src/sandbox/object-store/backup-file.ts';

const full: BackupFileSpecification = {
  database: 'orders',
  kind: 'D',
  firstLsn: '25000000006200170',
  lastLsn: '25000000013200001',
  checkpointLsn: '25000000006200170',
  databaseBackupLsn: '0',
  startedAt: '2026-11-28T01:00:00',
  finishedAt: '2026-11-28T01:02:03',
};

function read(bytes: Buffer): BackupFile {
  return readBackup({
    size: bytes.length,
    head: bytes.subarray(0, headBytes),
    tail: bytes.subarray(Math.max(0, bytes.length - tailBytes)),
  });
}

const write = (change: Partial<BackupFileSpecification> = {}) => writeBackupFile({ ...full, ...change });

describe('reading a backup file', () => {
  it.each([false, true])('returns its database, kind, times, LSNs and version (compressed: %s)', (compressed) => {
    const file = read(write({ compressed }));
    expect(file.header).toEqual({
      database: 'orders',
      type: 'full',
      startedAt: '2026-11-28T01:00:00',
      finishedAt: '2026-11-28T01:02:03',
      firstLsn: '25000000006200170',
      lastLsn: '25000000013200001',
      checkpointLsn: '25000000006200170',
      databaseBackupLsn: null,
      serverVersion: '15.0.2000',
      copyOnly: false,
      stripe: { number: 1, of: 1 },
      sets: 1,
      form: compressed ? 'compressed' : 'plain',
    });
    expect(file).toMatchObject({ kind: 'backup', whole: true, needsLongTail: false });
  });

  it.each([
    ['I', 'differential'],
    ['L', 'log'],
    ['F', null],
  ])('maps kind %s to %s', (kind, type) => {
    expect(read(write({ kind })).header.type).toBe(type);
  });

  it('returns the LSNs from its end, not the provisional ones from its start', () => {
    const { header } = read(write({ provisionalLsn: '24000000000100001' }));
    expect(header).toMatchObject({ firstLsn: full.firstLsn, lastLsn: full.lastLsn, checkpointLsn: full.checkpointLsn });
  });

  it('returns its stripe number, its number of backup sets and its copy-only flag', () => {
    const { header } = read(write({ stripe: { number: 2, of: 3 }, sets: 2, copyOnly: true }));
    expect(header).toMatchObject({ stripe: { number: 2, of: 3 }, sets: 2, copyOnly: true });
  });

  it('returns non-ASCII names and the largest possible LSN', () => {
    const lastLsn = '4294967295429496729565535';
    expect(read(write({ database: '订单 été', lastLsn })).header).toMatchObject({ database: '订单 été', lastLsn });
  });

  it('reports an incomplete file without LSNs while its end is missing', () => {
    const bytes = write({ dataBytes: 200_000 });
    const file = read(bytes.subarray(0, 120_000));
    expect(file).toMatchObject({ kind: 'backup', whole: false, header: { database: 'orders', lastLsn: null } });
  });

  it('asks for more bytes of the end when it sees only the last blocks', () => {
    const bytes = write();
    const file = readBackup({ size: bytes.length, head: bytes, tail: bytes.subarray(-2048) });
    expect(file).toMatchObject({ whole: true, needsLongTail: true, header: { sets: 1, lastLsn: null } });
  });

  it.each([
    ['zip', 'archive', Buffer.from('PK\x03\x04…')],
    ['gzip', 'archive', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['RAR', 'archive', Buffer.from('Rar!\x1a\x07')],
    ['7z', 'archive', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
    ['an encrypted container', 'sealed', Buffer.concat([Buffer.from('MSSQLBAK'), Buffer.alloc(9000, 0x5a)])],
    ['a text', 'foreign', Buffer.from('hello')],
    ['a tape without SQL Server’s header', 'foreign', Buffer.concat([Buffer.from('TAPE'), Buffer.alloc(4000)])],
    ['no bytes', 'empty', Buffer.alloc(0)],
  ])('classifies %s as %s', (_name, kind, bytes) => {
    expect(read(bytes)).toMatchObject({ kind, header: { form: 'unreadable', database: null, type: null } });
  });
});

describe('hostile bytes', () => {
  const seeds = [false, true].map((compressed) => write({ compressed, dataBytes: 600 }));

  it('never make the reader throw', () => {
    const runs = Number(process.env.GODWIT_PROPERTY_RUNS ?? 3000);
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
        fc.option(fc.nat(), { nil: undefined }),
        (seed, changes, cut) => {
          const bytes = Buffer.from(seed);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const file = read(cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length));
          expect(['backup', 'archive', 'sealed', 'foreign', 'empty']).toContain(file.kind);
          if (file.header.stripe) expect(file.header.stripe.number).toBeLessThanOrEqual(file.header.stripe.of);
        },
      ),
      { numRuns: runs },
    );
  });

  it('never cause more work than the file has bytes, even with endless markers or unbounded lengths', () => {
    const head = Buffer.from(write({ compressed: true }));
    const marker = Buffer.from(head.subarray(0x1e0, 0x1e0 + 28 + 300));
    const tail = Buffer.concat(Array.from({ length: 190 }, () => marker));
    expect(readBackup({ size: 1e12, head, tail })).toMatchObject({ kind: 'backup', whole: null, needsLongTail: true });

    const endless = Buffer.from(write());
    endless.writeUInt16LE(0, 1024 + 8);
    expect(read(endless).kind).toBe('foreign');
  });
});

describe('LZ77 with Huffman codes', () => {
  const code = (...nibbles: [symbol: number, length: number][]) => {
    const table = Buffer.alloc(256);
    for (const [symbol, length] of nibbles)
      table[symbol >> 1] = (table[symbol >> 1] ?? 0) | (symbol & 1 ? length << 4 : length);
    return table;
  };

  it('decodes the examples from the specification', () => {
    const repeated = code([97, 3], [98, 3], [99, 2], [256, 2], [287, 2]);
    const bits = Buffer.from('a8dc0000ff2601', 'hex');
    expect(decodeXpressHuffman(Buffer.concat([repeated, bits]), 300)?.toString('latin1')).toBe('abc'.repeat(100));
  });

  it('decodes any sequence of literals and matches', () => {
    const table = Buffer.alloc(256, 0x99);
    const literal = fc.record({ byte: fc.integer({ min: 0, max: 255 }) });
    const match = fc.record({
      length: fc.integer({ min: 3, max: 17 }),
      back: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(literal, fc.array(fc.oneof(literal, match), { maxLength: 400 }), (first, rest) => {
        const expected: number[] = [];
        let bits = '';
        for (const token of [first, ...rest]) {
          if ('byte' in token) {
            expected.push(token.byte);
            bits += token.byte.toString(2).padStart(9, '0');
            continue;
          }
          const distance = 1 + Math.floor(token.back * (expected.length - 1));
          const extra = Math.floor(Math.log2(distance));
          bits += (256 + extra * 16 + token.length - 3).toString(2).padStart(9, '0');
          if (extra > 0) bits += (distance - 2 ** extra).toString(2).padStart(extra, '0');
          for (let count = 0; count < token.length; count++) expected.push(expected[expected.length - distance] ?? -1);
        }
        bits = bits.padEnd(Math.ceil(bits.length / 16) * 16, '0');
        const words = Buffer.alloc(bits.length / 8);
        for (let at = 0; at < bits.length; at += 16)
          words.writeUInt16LE(Number.parseInt(bits.slice(at, at + 16), 2), at / 8);
        expect(decodeXpressHuffman(Buffer.concat([table, words]), expected.length)).toEqual(Buffer.from(expected));
      }),
      { numRuns: Number(process.env.GODWIT_PROPERTY_RUNS ?? 200) },
    );
  });

  it('rejects an incomplete code table, a distance before the start and a size above 64 KiB', () => {
    expect(decodeXpressHuffman(Buffer.alloc(600), 512)).toBeUndefined();
    expect(decodeXpressHuffman(Buffer.concat([code([287, 1], [0, 1]), Buffer.alloc(8, 0xff)]), 64)).toBeUndefined();
    expect(decodeXpressHuffman(Buffer.concat([code([0, 1], [1, 1]), Buffer.alloc(8)]), 65_537)).toBeUndefined();
  });
});

const samples = resolve(import.meta.dirname, '../../../shared/samples/backups');
const nearby = [samples, resolve(import.meta.dirname, '../../../../shared/samples/backups')].find((path) =>
  existsSync(path),
);

interface Sample {
  readonly id: string;
  readonly size: number;
  readonly family: string;
  readonly sets: number;
  readonly tail: Readonly<Record<string, string | number>>;
}

describe('real files', () => {
  const title = 'have the values of an independent decoder';
  if (nearby === undefined) it.skip(`${title}: no folder of samples beside the checkout`, () => {});
  else {
    const folder = nearby;
    const readSample = (name: string, size: number) =>
      readBackup({
        size,
        head: readFileSync(join(folder, `${name}.head`)),
        tail: readFileSync(join(folder, `${name}.tail`)),
      });
    const list = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Sample[];
    const triple = (lsn: string | null) => {
      const value = parseLsn(lsn);
      return value === undefined
        ? '-'
        : `${value / 10n ** 15n}:${(value / 10n ** 5n) % 10n ** 10n}:${value % 10n ** 5n}`;
    };
    const letters: Record<string, string> = { full: 'D', differential: 'I', log: 'L' };

    it.each(list.map((sample) => [sample.id, sample] as const))(`${title}: %s`, (id, sample) => {
      const { header, whole } = readSample(id, sample.size);
      expect(whole).toBe(true);
      expect({
        database: header.database,
        type: letters[header.type ?? ''],
        build: header.serverVersion,
        firstLsn: triple(header.firstLsn),
        lastLsn: triple(header.lastLsn),
        checkpointLsn: triple(header.checkpointLsn),
        databaseBackupLsn: triple(header.databaseBackupLsn),
        started: header.startedAt,
        finished: header.finishedAt,
        family: `${header.stripe?.number}/${header.stripe?.of}`,
        sets: header.sets,
      }).toEqual({ ...withoutVersion(sample.tail), family: sample.family, sets: sample.sets });
    });

    it('are also read when their values are unknown, a compressed one from its first bytes', () => {
      const sizes = JSON.parse(readFileSync(join(folder, 'more/sizes.json'), 'utf8')) as Record<string, number>;
      for (const [id, size] of Object.entries(sizes)) {
        const { header, kind } = readSample(`more/${id}`, size);
        expect([id, kind]).toEqual([id, 'backup']);
        expect(header.form).toBe(id === 'compressed' ? 'compressed' : 'plain');
        expect(header.lastLsn === null, id).toBe(id === 'compressed');
        expect(header.sets, id).toBe(id === 'compressed' ? null : id === 'twosets' ? 2 : 1);
      }
      expect(readSample('more/sql2019', sizes.sql2019 ?? 0).header.checkpointLsn).toBe('94000000043200001');
    });
  }
});

function withoutVersion({ internalVersion, ...rest }: Sample['tail']): object {
  return rest;
}
