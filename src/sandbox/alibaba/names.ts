const reserved: ReadonlySet<string> = new Set([
  'master',
  'model',
  'msdb',
  'tempdb',
  'distribution',
  'resource',
  'rdscore',
  'rdsadmin',
  'rdslog',
]);
const keywords: ReadonlySet<string> = new Set(['select', 'table', 'database', 'create', 'drop', 'where', 'user']);

/** The fault of a database name; null if it is valid. */
export function nameFault(name: string): 'reserved' | 'keyword' | 'malformed' | null {
  const lower = name.toLowerCase();
  if (reserved.has(lower)) return 'reserved';
  if (keywords.has(lower)) return 'keyword';
  return /^[\p{L}_][\p{L}\p{N}_@$#. -]*$/u.test(name) && name.length <= 128 ? null : 'malformed';
}
