/** Regions with common properties: their kind, the host that serves them, and the source of these facts. */
export interface RegionGroup<Host extends string = string> {
  /** An `alias` is an id that the vendor's SDK knows and its console does not show. It is accepted and not listed. */
  readonly kind: 'ordinary' | 'finance' | 'government' | 'alias';
  readonly host: Host;
  /** The vendor's page or package that lists the regions. */
  readonly source: string;
  readonly regions: readonly string[];
}

/** The regions of a table without aliases, in the order of the table. */
export function regionsIn(groups: readonly RegionGroup[]): readonly string[] {
  return groups.flatMap(({ kind, regions }) => (kind === 'alias' ? [] : regions));
}

/** The host that serves a region. Undefined: the table does not contain the region, which may be newer than the table. */
export function hostIn<Host extends string>(groups: readonly RegionGroup<Host>[], region: string): Host | undefined {
  return groups.find(({ regions }) => regions.includes(region))?.host;
}
