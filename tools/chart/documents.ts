import { readFile } from 'node:fs/promises';
import { chartConfigSchema } from './config-schema.ts';
import { valuesTable } from './values-table.ts';

const chart = new URL('../../helm/godwit/', import.meta.url);
const begin = '<!-- values: begin -->';
const end = '<!-- values: end -->';

/** A generated chart file: its expected and its current text. */
export interface ChartDocument {
  readonly url: URL;
  readonly is: string;
  readonly shouldBe: string;
}

/** The generated files. */
export async function chartDocuments(): Promise<readonly ChartDocument[]> {
  return [await readme(), await valuesSchema()];
}

async function readme(): Promise<ChartDocument> {
  const url = new URL('README.md', chart);
  const is = await readFile(url, 'utf8');
  const [head, rest] = is.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error('README.md has no place for the table of values');
  const table = valuesTable(await readFile(new URL('values.yaml', chart), 'utf8'));
  return { url, is, shouldBe: `${head}${begin}\n\n${table}\n\n${end}${tail}` };
}

async function valuesSchema(): Promise<ChartDocument> {
  const url = new URL('values.schema.json', chart);
  const is = await readFile(url, 'utf8');
  const schema = JSON.parse(is) as { definitions: Record<string, unknown> };
  schema.definitions.config = chartConfigSchema();
  return { url, is, shouldBe: `${JSON.stringify(schema, null, 2)}\n` };
}
