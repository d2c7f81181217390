import { cpus } from 'node:os';
import type { Row } from './measure.ts';

/** The results of one run. */
export interface Report {
  readonly at: string;
  readonly node: string;
  readonly machine: string;
  readonly rows: readonly Row[];
}

/** The processor, cores and platform of this machine. */
export function machine(): string {
  return `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
}

/** The cost as a multiple of the alternative's; null without an alternative. */
export function ratioOf({ godwit, against }: Row): number | null {
  return against === null ? null : godwit / against.value;
}

/** Whether the target is met; null without a target or a measurement. */
export function meets(row: Row): boolean | null {
  const most = Number(/≤ ([\d.]+)/.exec(row.target ?? '')?.[1]);
  if (Number.isNaN(most) || row.absent !== undefined) return null;
  return (row.target?.endsWith('×') ? (ratioOf(row) ?? Number.NaN) : row.godwit) <= most;
}

const amount = (value: number, unit: string): string =>
  `${value.toLocaleString('en', { maximumFractionDigits: value < 20 ? 1 : 0 })}${unit === '' ? '' : ` ${unit}`}`;

/** The table, as Markdown. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    if (row.absent !== undefined) return [row.name, `absent: ${row.absent}`, '', '', ''];
    const met = meets(row);
    return [
      row.name,
      amount(row.godwit, row.unit),
      row.against === null ? (row.note ?? '') : `${row.against.name}: ${amount(row.against.value, row.unit)}`,
      ratioOf(row)?.toFixed(2) ?? '',
      row.target === null ? '' : `${row.target}${met === null ? '' : met ? ', met' : ', missed'}`,
    ];
  });
  const head = ['', 'Godwit', 'beside', 'ratio', 'target'];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const written = [head, widths.map((width) => '-'.repeat(width)), ...lines].map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return `${written.join('\n')}\n`;
}

/** A regression is a change for the worse by more than this fraction. */
const tolerance = 0.15;

/** The rows that are worse than in an earlier run, in words: by ratio if there is one, else by value. */
export function worse(before: Report, now: Report): readonly string[] {
  const earlier = new Map(before.rows.map((row) => [row.name, row]));
  return now.rows.flatMap((row) => {
    const known = earlier.get(row.name);
    if (known === undefined || known.absent !== undefined || row.absent !== undefined) return [];
    const [was, is] = [ratioOf(known) ?? known.godwit, ratioOf(row) ?? row.godwit];
    const by = is / was - 1;
    return by > tolerance ? [`${row.name}: ${was.toFixed(2)} → ${is.toFixed(2)}, ${Math.round(by * 100)} % worse`] : [];
  });
}
