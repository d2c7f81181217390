/** What a query reads: a metric, and the labels in its selector or in the grouping around it. */
export interface AskedMetric {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Keywords and functions of PromQL. */
const words = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'offset',
  'bool',
  'and',
  'or',
  'unless',
  'inf',
  'nan',
]);

/** The metrics of a PromQL query with the labels of their selectors. Throws when brackets do not match. */
export function metricsOf(query: string): readonly AskedMetric[] {
  const texts: string[] = [];
  // Strings are removed first, because they may contain anything.
  const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) => `"${texts.push(text) - 1}"`);
  if (!balanced(bare)) throw new Error(`brackets do not match: ${query}`);
  const asked: AskedMetric[] = [];
  const plain = bare
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  for (const [, name = '', selector = ''] of plain.matchAll(
    /(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?(?!\s*\(|[\w:])/g,
  )) {
    if (words.has(name.toLowerCase()) || plain.includes(`"${name}"`)) continue;
    asked.push({ name, labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? '') });
  }
  return asked;
}

/** The labels by which the query groups. */
export function groupingOf(query: string): readonly string[] {
  return [...query.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
}

function balanced(text: string): boolean {
  const open: string[] = [];
  for (const sign of text) {
    if ('([{'.includes(sign)) open.push(sign);
    if (')]}'.includes(sign) && open.pop() !== '([{'[')]}'.indexOf(sign)]) return false;
  }
  return open.length === 0;
}
