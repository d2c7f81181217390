/** Databases of SQL Server itself, which no restore may replace. */
const systemDatabases: ReadonlySet<string> = new Set([
  'master',
  'model',
  'msdb',
  'tempdb',
  'distribution',
  'resource',
  'mssqlsystemresource',
]);

/** The longest identifier of SQL Server, in UTF-16 units: a character beyond the basic plane counts twice. */
const maxNameUnits = 128;

/** The fault in a database name, or null. `reserved`: names in lower case that the vendor reserves. */
export function databaseNameFault(name: string, reserved: readonly string[] = []): string | null {
  const folded = name.toLowerCase();
  if (systemDatabases.has(folded)) return `\`${name}\` is a database of SQL Server itself and cannot be restored.`;
  if (reserved.includes(folded)) return `\`${name}\` is a name that the vendor keeps for itself.`;
  if (name.length > maxNameUnits)
    return `A database name has at most ${maxNameUnits} characters; those beyond the basic plane of Unicode count twice.`;
  if (/\p{Cc}/u.test(name)) return 'A database name cannot hold control characters.';
  return name.trim() === name && name !== '' ? null : 'A database name neither begins nor ends with a blank.';
}
