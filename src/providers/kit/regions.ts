/** Regions that are alike: what they are, by which host they are called, and where the vendor says so. */
export interface RegionGroup<Host extends string = string> {
  /** `alias`: an id that the vendor's SDK knows and its console does not show. It is understood and not offered. */
  readonly kind: 'ordinary' | 'finance' | 'government' | 'alias';
  readonly host: Host;
  /** Page or package of the vendor that names them. */
  readonly source: string;
  readonly regions: readonly string[];
}

/** The regions of a table that are worth naming, in its order. */
export function regionsIn(groups: readonly RegionGroup[]): readonly string[] {
  return groups.flatMap(({ kind, regions }) => (kind === 'alias' ? [] : regions));
}

/** By which host a region is called; undefined: the table does not have it, as it may be newer. */
export function hostIn<Host extends string>(groups: readonly RegionGroup<Host>[], region: string): Host | undefined {
  return groups.find(({ regions }) => regions.includes(region))?.host;
}
