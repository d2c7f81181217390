/** A page with its current generated parts, by the name in their markers. Throws if markers are missing. */
export function withGeneratedParts(text: string, parts: Readonly<Record<string, () => string>>): string {
  return Object.entries(parts).reduce((before, [name, part]) => {
    const [begin, end] = [`<!-- ${name}: npm run docs -->`, `<!-- /${name} -->`];
    const [head, rest] = before.split(begin);
    const tail = rest?.split(end)[1];
    if (head === undefined || tail === undefined) throw new Error(`the page has lost the marks of ${name}`);
    return `${head}${begin}\n${part()}\n${end}${tail}`;
  }, text);
}
