import { describe, expect, it } from 'vitest';
import { chartDocuments } from '../../tools/chart/documents.ts';
import { valuesTable } from '../../tools/chart/values-table.ts';

describe('generated chart files', () => {
  it.each(['README.md', 'values.schema.json'])('%s is up to date (node tools/chart/write.ts)', async (name) => {
    const document = (await chartDocuments()).find(({ url }) => url.pathname.endsWith(`/${name}`));
    expect(document?.is).toBe(document?.shouldBe);
  });

  it('contain a row for every commented value, and one for an object with a comment', () => {
    const values = '# -- First.\na: 1\nb:\n  # -- Second.\n  c: [x]\n  # -- Third | or.\n  d: { e: null }\n';
    expect(valuesTable(values).split('\n').slice(2)).toEqual([
      '| `a` | `1` | First. |',
      '| `b.c` | `["x"]` | Second. |',
      '| `b.d` | `{"e":null}` | Third \\| or. |',
    ]);
  });

  it('reject a value without a comment', () => {
    expect(() => valuesTable('a: 1\n')).toThrow('a has no comment');
  });
});
