/** Databases that belong to SQL Server itself. No restore may replace them. */
const systemDatabases: ReadonlySet<string> = new Set([
  'master',
  'model',
  'msdb',
  'tempdb',
  'distribution',
  'resource',
  'mssqlsystemresource',
]);

/** Maximum length of an identifier of SQL Server in UTF-16 units. A character beyond the basic plane counts twice. */
const maxNameUnits = 128;

/** Checks a database name. Returns the fault as a sentence, or null. `reserved`: lower-case names that the vendor reserves. */
export function databaseNameFault(name: string, reserved: readonly string[] = []): string | null {
  const folded = name.toLowerCase();
  if (systemDatabases.has(folded)) return `\`${name}\` is a database of SQL Server itself and cannot be restored.`;
  if (reserved.includes(folded)) return `\`${name}\` is a name that the vendor reserves.`;
  if (name.length > maxNameUnits)
    return `A database name has at most ${maxNameUnits} characters; those beyond the basic plane of Unicode count twice.`;
  if (/\p{Cc}/u.test(name)) return 'A database name cannot contain control characters.';
  return name.trim() === name && name !== '' ? null : 'A database name must not begin or end with a space.';
}
