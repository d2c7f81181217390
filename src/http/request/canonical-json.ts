/** JSON with the members of every object sorted by name, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const named = value as Readonly<Record<string, unknown>>;
  let members = '';
  for (const name of Object.keys(named).sort()) {
    if (named[name] === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(named[name])}`;
  }
  return `{${members}}`;
}
