import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExposedMetric, exposedMetrics, seriesOf } from './support/exposed.ts';
import { groupingOf, metricsOf } from './support/promql.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../helm/godwit/dashboards/godwit.json', import.meta.url), 'utf8'),
) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

/** Labels that Prometheus adds when it scrapes. */
const ofTheScrape = ['namespace', 'job', 'instance', 'pod', 'le'];
/** Metrics of other exporters that alerts may use. */
const ofOthers = /^(up$|kube_)/;

let series: ReadonlyMap<string, ExposedMetric>;
beforeAll(async () => {
  const { own, ofProcess } = await exposedMetrics();
  series = new Map([...own, ...ofProcess].flatMap((metric) => seriesOf(metric).map((name) => [name, metric] as const)));
});

function expectExposed(query: string): void {
  const asked = metricsOf(query);
  expect(asked.length, query).toBeGreaterThan(0);
  for (const { name, labels } of asked) {
    if (ofOthers.test(name)) continue;
    const metric = series.get(name);
    expect(metric, `${name} in ${query}`).toBeDefined();
    if (!name.startsWith('godwit_')) continue;
    expect([...(metric?.labels ?? []), ...ofTheScrape], query).toEqual(expect.arrayContaining([...labels]));
  }
}

describe('the dashboard', () => {
  it.each(queries)('$title: $expr uses existing metrics and labels', ({ expr, legendFormat }) => {
    expectExposed(expr);
    const known = metricsOf(expr).flatMap(({ name }) => series.get(name)?.labels ?? []);
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const label of [...groupingOf(expr), ...named])
      if (series.get(metricsOf(expr)[0]?.name ?? '')?.name.startsWith('godwit_'))
        expect([...known, ...ofTheScrape], expr).toContain(label);
    const aggregated = /\b(sum|max|min|count)\b/.test(expr);
    if (aggregated) for (const label of named) expect(groupingOf(expr), `${legendFormat} of ${expr}`).toContain(label);
  });

  it('queries metrics that provide its variables', () => {
    for (const { definition } of dashboard.templating.list) {
      const selector = /^label_values\((\w+)/.exec(definition ?? '')?.[1];
      if (definition !== undefined) expect(series.has(selector ?? ''), definition).toBe(true);
    }
  });

  it('uses every variable and no other', () => {
    const used = new Set([...JSON.stringify(dashboard.panels).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name));
    used.delete('__rate_interval');
    expect([...used].toSorted()).toEqual(dashboard.templating.list.map(({ name }) => name).toSorted());
  });

  it('shows the metrics that must be watched', () => {
    const asked = new Set(queries.flatMap(({ expr }) => metricsOf(expr).map(({ name }) => name)));
    const missing = [...series.values()].filter(
      (metric) => metric.name.startsWith('godwit_') && !seriesOf(metric).some((name) => asked.has(name)),
    );
    expect(missing.map(({ name }) => name)).toEqual(['godwit_http_requests_in_flight']);
  });

  it('has no overlapping panels', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          expect(x, title).toBeLessThan(24);
          taken.add(`${x},${y}`);
        }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

describe('the alerts of the chart', () => {
  const folder = new URL('../../helm/godwit/templates/', import.meta.url);
  const texts = readdirSync(folder)
    .filter((file) => /rule/i.test(file))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const written = texts.flatMap((text) => [
    ...[...text.matchAll(/"expr" \(printf "((?:[^"\\]|\\.)*)"/g)].map(([, format = '']) =>
      format.replaceAll('\\"', '"').replaceAll(/%[sq]/g, (sign) => (sign === '%q' ? '"godwit"' : 'job="godwit"')),
    ),
    ...[...text.matchAll(/^\s*expr:\s*([^{\s].*)$/gm)].map(([, query = '']) => query),
  ]);

  it.each(written)('%s uses existing metrics and labels', (query) => {
    expectExposed(query);
  });

  it('are found', () => {
    expect(written.length).toBeGreaterThanOrEqual(5);
  });
});

describe('the query parser', () => {
  it.each([
    ['up', ['up']],
    ['rate(a_total{b="c(d)"}[5m]) / on (x) group_left (y) sum by (z) (e)', ['a_total', 'e']],
    [
      'histogram_quantile(0.9, sum by (le) (rate(h_bucket[$__rate_interval]))) > 0.5 and on () m offset 5m',
      ['h_bucket', 'm'],
    ],
  ])('finds the metrics of %s', (query, names) => {
    expect(metricsOf(query).map(({ name }) => name)).toEqual(names);
  });

  it('reports unbalanced brackets', () => {
    expect(() => metricsOf('sum(rate(a[5m])')).toThrow(/brackets/);
  });
});
