import type { Lsn } from './lsn.ts';

/** A file that can be part of a chain: complete, with a complete header. */
export interface Link {
  readonly key: string;
  readonly type: 'full' | 'differential' | 'log';
  readonly firstLsn: Lsn;
  readonly lastLsn: Lsn;
  readonly checkpointLsn: Lsn | undefined;
  readonly databaseBackupLsn: Lsn | undefined;
  readonly copyOnly: boolean;
  readonly finishedAt: string;
}

/** A point that files can continue. */
export interface Start {
  /** `checkpointLsn` of the full backup: the base of its differentials. */
  readonly baseLsn: Lsn | undefined;
  readonly lastLsn: Lsn;
  /** Whether a log backup has been restored; then no differential can follow. */
  readonly hasLogs: boolean;
}

/** The backup types of a chain beside its full backup. */
export interface ChainRules {
  /** A differential backup may follow the full one. */
  readonly differential: boolean;
  /** Log backups may follow. */
  readonly logs: boolean;
}

/** The way from a point to the end of the files that follow it without a gap. */
export interface Route {
  /** The differential backup that it begins with, or null. */
  readonly differential: Link | null;
  /** Number of its files. */
  readonly files: number;
  /** The position that it reaches. */
  readonly reach: Lsn;
}

/** The logs of a set of files, by position. */
export interface Logs {
  /** The log that starts at or before a point and reaches furthest past it. */
  following(point: Lsn): Link | undefined;
  /** The first log that starts after a point. */
  beyond(point: Lsn): Link | undefined;
}

/** The routes through a set of files. All of them together take about as long as sorting the files. */
export interface Routes {
  readonly logs: Logs;
  /** The route that reaches furthest; among equals the shortest. */
  from(start: Start): Route;
}

/** Prepares the routes through these files. Pure. */
export function routesOf(links: readonly Link[], rules: ChainRules): Routes {
  const logs = rules.logs ? logsOf(links) : noLogs;
  const along = stretches(logs);
  const differentials = rules.differential ? differentialsOf(links, along) : () => undefined;
  return {
    logs,
    from(start) {
      const direct = { differential: null, ...along(start.lastLsn) };
      const other = start.hasLogs ? undefined : differentials(start);
      // A differential replaces the logs before it and can bridge a gap. Without logs the last differential reaches furthest.
      return other !== undefined && byReach(other, direct) < 0 ? other : direct;
    },
  };
}

/** Whether a differential is based on the chain's full backup. */
export function fits({ baseLsn }: Start, differential: Link): boolean {
  return baseLsn !== undefined && differential.databaseBackupLsn === baseLsn;
}

/** Sorts by end LSN, then time, then name, so that the order does not depend on the listing. */
export function inOrder(a: Link, b: Link): number {
  return compare(a.lastLsn, b.lastLsn) || compare(a.finishedAt, b.finishedAt) || compare(a.key, b.key);
}

export function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The index of the first item for which the condition holds. It holds for all items after one for which it does. */
export function firstIndex<T>(items: readonly T[], condition: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const noLogs: Logs = { following: () => undefined, beyond: () => undefined };

function logsOf(links: readonly Link[]): Logs {
  const byStart = links
    .filter((link) => link.type === 'log')
    .toSorted((a, b) => compare(a.firstLsn, b.firstLsn) || inOrder(a, b));
  const furthest: Link[] = [];
  for (const link of byStart) {
    const previous = furthest.at(-1);
    furthest.push(previous === undefined || link.lastLsn > previous.lastLsn ? link : previous);
  }
  /** The number of logs that start at or before a point. */
  const begun = (point: Lsn): number => firstIndex(byStart, (link) => link.firstLsn > point);
  return {
    following(point) {
      const link = furthest[begun(point) - 1];
      return link !== undefined && link.lastLsn > point ? link : undefined;
    },
    beyond: (point) => byStart[begun(point)],
  };
}

type Stretch = Pick<Route, 'files' | 'reach'>;

/** How far logs lead from a point without a gap. Routes that meet share their remainder, which is followed once. */
function stretches(logs: Logs): (point: Lsn) => Stretch {
  const known = new Map<Link, Stretch>();
  return (point) => {
    const passed: Link[] = [];
    let link = logs.following(point);
    while (link !== undefined && !known.has(link)) {
      passed.push(link);
      link = logs.following(link.lastLsn);
    }
    const rest = link === undefined ? undefined : known.get(link);
    let { files, reach } = rest ?? { files: 0, reach: passed.at(-1)?.lastLsn ?? point };
    for (const each of passed.toReversed()) known.set(each, { files: ++files, reach });
    return { files, reach };
  };
}

/** A differential backup, and the best route that begins with it or with a later one of the same base. */
interface Bridge {
  readonly differential: Link;
  readonly best: Route;
}

/** The best route from a point that begins with a differential backup. */
function differentialsOf(links: readonly Link[], along: (point: Lsn) => Stretch): (start: Start) => Route | undefined {
  const byBase = Map.groupBy(
    links.filter((link) => link.type === 'differential').toSorted(inOrder),
    ({ databaseBackupLsn }) => databaseBackupLsn,
  );
  const known = new Map<Lsn, readonly Bridge[]>();

  function bridgesOn(base: Lsn): readonly Bridge[] {
    const bridges: Bridge[] = [];
    for (const differential of (byBase.get(base) ?? []).toReversed()) {
      const { files, reach } = along(differential.lastLsn);
      const own: Route = { differential, files: files + 1, reach };
      const later = bridges.at(-1)?.best;
      bridges.push({ differential, best: later !== undefined && byReach(later, own) <= 0 ? later : own });
    }
    return bridges.reverse();
  }

  return ({ baseLsn, lastLsn }) => {
    if (baseLsn === undefined) return undefined;
    const bridges = known.get(baseLsn) ?? bridgesOn(baseLsn);
    known.set(baseLsn, bridges);
    return bridges[firstIndex(bridges, ({ differential }) => differential.lastLsn > lastLsn)]?.best;
  };
}

/** The furthest first, among equals the shortest. */
function byReach(a: Route, b: Route): number {
  return compare(b.reach, a.reach) || a.files - b.files;
}
