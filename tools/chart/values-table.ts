import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

const mark = '-- ';

/** One value of the chart. */
interface Row {
  /** Dotted path. */
  readonly path: string;
  readonly value: unknown;
  readonly text: string;
}

/** The Markdown table of all values that have a `# --` comment in `values.yaml`. Throws for a leaf without one. */
export function valuesTable(valuesYaml: string): string {
  const root = parseDocument(valuesYaml).contents;
  if (!isMap(root)) throw new Error('values.yaml is not a map');
  const lines = rowsOf(root, '', commentOf(root)).map(
    ({ path, value, text }) => `| \`${path}\` | \`${JSON.stringify(value)}\` | ${text.replaceAll('|', '\\|')} |`,
  );
  return ['| Value | Default | What it is |', '|---|---|---|', ...lines].join('\n');
}

/** `first`: the parser puts the comment before a map's first pair on the map. */
function rowsOf(map: YAMLMap, prefix: string, first: string | null): readonly Row[] {
  return map.items.flatMap((item, index) => {
    const pair = item as Pair<Node, Node | null>;
    const name = isScalar(pair.key) ? String(pair.key.value) : '?';
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const text = commentOf(pair.key) ?? (index === 0 ? first : null);
    if (text !== null) return [{ path, value: pair.value?.toJSON(), text }];
    if (isMap(pair.value)) return rowsOf(pair.value, path, commentOf(pair.value));
    throw new Error(`${path} has no comment`);
  });
}

function commentOf(node: Node): string | null {
  const lines = (node.commentBefore ?? '').split('\n').map((line) => line.trim());
  return (
    lines
      .findLast((line) => line.startsWith(mark))
      ?.slice(mark.length)
      .trim() ?? null
  );
}
