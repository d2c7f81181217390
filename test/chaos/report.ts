import { providers, type StormReport } from './storm.ts';

/** One line per provider of one storm. */
export function stormLines(store: string, report: StormReport): readonly string[] {
  return providers.map((provider) => {
    const verdict = report.verdicts[provider];
    return row([
      provider,
      store,
      verdict.intents,
      verdict.acknowledged,
      verdict.effects,
      verdict.duplicates.length,
      verdict.lost.length,
      verdict.wrong.length,
      report.kills,
      report.pauses,
    ]);
  });
}

export const heading = row([
  'provider',
  'store',
  'intents',
  'acknowledged',
  'vendor effects',
  'duplicates',
  'lost',
  'wrong states',
  'kills',
  'pauses',
]);

/** All findings, one per line. */
export function findings(store: string, { verdicts }: StormReport): readonly string[] {
  return providers.flatMap((provider) => {
    const { duplicates, lost, wrong } = verdicts[provider];
    return [
      ...duplicates.map((line) => `duplicate  ${store}  ${line}`),
      ...lost.map((line) => `lost       ${store}  ${line}`),
      ...wrong.map((line) => `wrong      ${store}  ${line}`),
    ];
  });
}

function row(cells: readonly (string | number)[]): string {
  const widths = [9, 11, 8, 13, 15, 11, 5, 13, 6, 7];
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 8;
      return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
    })
    .join(' ')
    .trimEnd();
}
