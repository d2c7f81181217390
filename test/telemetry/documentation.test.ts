import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExposedMetric, exposedMetrics } from './support/exposed.ts';

const document = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');

let own: readonly ExposedMetric[];
beforeAll(async () => {
  ({ own } = await exposedMetrics());
});

/** The row that the document must contain for a metric. */
function rowOf({ name, type, labels, help }: ExposedMetric): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`.replaceAll(
    '  ',
    ' ',
  );
}

describe('the table of metrics in docs/observability.md', () => {
  it('has exactly one row for each registered metric', () => {
    const rows = document.split('\n').filter((line) => line.startsWith('| `godwit_'));
    expect(rows.toSorted()).toEqual(own.map(rowOf).toSorted());
  });

  it('explains every label', () => {
    const explained = document.slice(document.indexOf('| label |'));
    for (const label of own.flatMap(({ labels }) => labels))
      if (label !== 'version') expect(explained, label).toContain(`\`${label}\``);
  });
});

describe('the metrics', () => {
  it('follow the naming convention: a prefix, base units, and `_total` for counters', () => {
    for (const { name, type } of own) {
      expect(name).toMatch(/^godwit_[a-z][a-z_]*[a-z]$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb)(_|$)/);
      if (type === 'histogram') expect(name).toMatch(/_(seconds|migrations)$/);
    }
  });
});
