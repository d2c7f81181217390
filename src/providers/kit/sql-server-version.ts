/** Major versions of SQL Server by year of release. 2008 R2 has the same major version as 2008. */
const majors: Readonly<Record<string, number>> = {
  '2005': 9,
  '2008': 10,
  '2012': 11,
  '2014': 12,
  '2016': 13,
  '2017': 14,
  '2019': 15,
  '2022': 16,
  '2025': 17,
};

/** The major version in a vendor's engine name, such as 15 for `2019_std_ha`; null if the name has none. */
export function majorOf(version: string | null): number | null {
  return majors[/^\d{4}/.exec(version ?? '')?.[0] ?? ''] ?? null;
}
