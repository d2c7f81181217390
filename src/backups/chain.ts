import { type Lsn, parseLsn } from './lsn.ts';
import type { BackupFile } from './read.ts';
import {
  type ChainRules,
  compare,
  firstIndex,
  fits,
  inOrder,
  type Link,
  type Logs,
  type Route,
  type Routes,
  routesOf,
  type Start,
} from './routes.ts';

export type { ChainRules };

/** A backup file with its key in the object store. */
export interface NamedFile {
  readonly key: string;
  readonly file: BackupFile;
}

/**
 * A position in a chain where a backup is missing. `after` and `before` are the keys of its neighbours; `after` is null if the full backup
 * is missing.
 */
export interface Gap {
  readonly after: string | null;
  readonly before: string;
  readonly detail: string;
}

/** A file that the chain does not need, with the reason. */
export interface Needless {
  readonly key: string;
  readonly reason: string;
}

/** The chain of one database. `complete`: it has a full backup and no gap. */
export interface Chain {
  readonly database: string;
  readonly complete: boolean;
  /** Keys in restore order. Files after a gap have the position that they get once the gap is filled. */
  readonly restores: readonly string[];
  readonly needless: readonly Needless[];
  readonly gaps: readonly Gap[];
}

/** The position of a chain, which the next file has to follow. */
export interface Reached extends Start {
  readonly key: string;
}

/**
 * The files that continue a chain from a position, in restore order. `ready`: keys up to the first gap. `restores`: keys including those
 * after gaps.
 */
export interface Continuation {
  readonly ready: readonly string[];
  readonly restores: readonly string[];
  readonly needless: readonly Needless[];
  readonly gaps: readonly Gap[];
}

/** Finds the chains in a set of files, one per database. Databases with the same name are distinguished by their binding id. Pure. */
export function chainsOf(files: readonly NamedFile[], rules: ChainRules): readonly Chain[] {
  const groups = new Map<string, { database: string; links: Link[] }>();
  for (const named of files) {
    const link = linkOf(named);
    const database = named.file.header.database;
    if (link === undefined || database === null) continue;
    const id = `${database.toLowerCase()} ${named.file.bindingId ?? ''}`;
    const group = groups.get(id) ?? { database, links: [] };
    groups.set(id, group);
    group.links.push(link);
  }
  return [...groups.values()].map(({ database, links }) => ({ database, ...bestChain(links, rules) }));
}

/** Finds the files that continue a chain from the position `reached`. Pure. */
export function continuationOf(reached: Reached, files: readonly NamedFile[], rules: ChainRules): Continuation {
  const links = files.map(linkOf).filter((link) => link !== undefined);
  return follow(reached, links, routesOf(links, rules), rules);
}

/**
 * Returns the position of a chain after these files, which are in restore order. Undefined if the first is not a full backup or if a file
 * does not state its position.
 */
export function reachedBy(files: readonly NamedFile[]): Reached | undefined {
  let reached: Reached | undefined;
  for (const named of files) {
    const link = linkOf(named);
    if (link === undefined) return undefined;
    if (reached === undefined && link.type !== 'full') return undefined;
    reached = advanced(reached, link);
  }
  return reached;
}

function linkOf({ key, file }: NamedFile): Link | undefined {
  const { header, kind, whole } = file;
  const [firstLsn, lastLsn] = [parseLsn(header.firstLsn), parseLsn(header.lastLsn)];
  if (kind !== 'backup' || whole === false || header.type === null) return undefined;
  if ((header.stripe?.of ?? 1) !== 1 || (header.sets ?? 1) !== 1) return undefined;
  if (firstLsn === undefined || lastLsn === undefined) return undefined;
  // No server writes such a log. A chain that followed it would go back and never end.
  if (header.type === 'log' && lastLsn < firstLsn) return undefined;
  return {
    key,
    type: header.type,
    firstLsn,
    lastLsn,
    checkpointLsn: parseLsn(header.checkpointLsn),
    databaseBackupLsn: parseLsn(header.databaseBackupLsn),
    copyOnly: header.copyOnly ?? false,
    finishedAt: header.finishedAt ?? '',
  };
}

interface Candidate {
  readonly full: Link;
  readonly route: Route;
}

/** Chooses the chain that reaches furthest without a gap; among equals the shortest, then the one with the newest full backup. */
function bestChain(links: readonly Link[], rules: ChainRules): Omit<Chain, 'database'> {
  const routes = routesOf(links, rules);
  const [best] = links
    .filter((link) => link.type === 'full')
    .map((full): Candidate => ({ full, route: routes.from(advanced(undefined, full)) }))
    .toSorted((a, b) => byPreference(a, b, rules));
  if (best === undefined) return withoutFull(links, routes, rules);
  const { restores, needless, gaps } = follow(advanced(undefined, best.full), links, routes, rules);
  return { complete: gaps.length === 0, restores: [best.full.key, ...restores], needless, gaps };
}

/**
 * A differential backup cannot be based on a copy-only backup. In a chain with differentials but no logs, a copy-only full backup is
 * therefore the last choice.
 */
function byPreference(a: Candidate, b: Candidate, { differential, logs }: ChainRules): number {
  return (
    (differential && !logs ? compare(a.full.copyOnly, b.full.copyOnly) : 0) ||
    compare(b.route.reach, a.route.reach) ||
    a.route.files - b.route.files ||
    inOrder(b.full, a.full)
  );
}

function withoutFull(links: readonly Link[], routes: Routes, rules: ChainRules): Omit<Chain, 'database'> {
  const [first] = links.toSorted(inOrder);
  if (first === undefined) return { complete: false, restores: [], needless: [], gaps: [] };
  const missing: Gap = {
    after: null,
    before: first.key,
    detail: `No full backup is present that \`${first.key}\` could follow.`,
  };
  const start = { ...advanced(undefined, first), baseLsn: first.databaseBackupLsn, hasLogs: first.type === 'log' };
  const rest = follow(start, links, routes, rules);
  return {
    complete: false,
    restores: [first.key, ...rest.restores],
    needless: rest.needless,
    gaps: [missing, ...rest.gaps],
  };
}

function follow(start: Reached, links: readonly Link[], routes: Routes, rules: ChainRules): Continuation {
  const { differential } = routes.from(start);
  const walk = differential
    ? walkFrom(advanced(start, differential), [differential], routes.logs)
    : walkFrom(start, [], routes.logs);
  const used = new Set(walk.restores.map((link) => link.key));
  return {
    ready: walk.ready.map((link) => link.key),
    restores: walk.restores.map((link) => link.key),
    gaps: walk.gaps,
    needless: links
      .filter((link) => link.key !== start.key && !used.has(link.key))
      .toSorted(inOrder)
      .map((link) => ({ key: link.key, reason: whyNeedless(link, start, walk.restores, rules) })),
  };
}

interface Walk {
  readonly ready: readonly Link[];
  readonly restores: readonly Link[];
  readonly gaps: readonly Gap[];
}

/** Adds logs one by one, each time the one that reaches furthest. If no log follows, records a gap and continues after it. */
function walkFrom(start: Reached, before: readonly Link[], logs: Logs): Walk {
  const restores = [...before];
  const gaps: Gap[] = [];
  let { key, lastLsn } = start;
  let ready = restores.length;
  for (;;) {
    const following = logs.following(lastLsn);
    const next = following ?? logs.beyond(lastLsn);
    if (next === undefined) break;
    if (following === undefined) gaps.push(gapBetween(key, lastLsn, next));
    restores.push(next);
    ({ key, lastLsn } = next);
    if (gaps.length === 0) ready = restores.length;
  }
  return { ready: restores.slice(0, ready), restores, gaps };
}

function whyNeedless(link: Link, start: Reached, restores: readonly Link[], rules: ChainRules): string {
  if (link.type === 'full') return 'The chain starts from another full backup.';
  if (link.lastLsn <= start.lastLsn) return `The chain has already reached \`${start.key}\`, which lies beyond it.`;
  if (link.type === 'differential') {
    if (!fits(start, link)) return 'It is based on another full backup than the one that the chain starts from.';
    if (!rules.differential) return 'This chain accepts no differential backup here.';
    if (start.hasLogs) return 'A log backup has been restored; no differential backup can follow it.';
    const [first] = restores;
    return first?.type === 'differential'
      ? `The differential backup \`${first.key}\` contains its changes.`
      : 'The log backups reach the same point without it.';
  }
  if (!rules.logs) return 'This chain accepts no log backups.';
  const covering = restores[firstIndex(restores, (each) => each.lastLsn >= link.lastLsn)] ?? restores.at(-1);
  return covering ? `The chain with \`${covering.key}\` contains its changes.` : 'Its changes are already restored.';
}

function gapBetween(after: string, reached: Lsn, next: Link): Gap {
  return {
    after,
    before: next.key,
    detail:
      `A log backup is missing between \`${after}\` and \`${next.key}\`: the first ends at LSN ${reached}, ` +
      `the second begins at LSN ${next.firstLsn}.`,
  };
}

function advanced(reached: Reached | undefined, link: Link): Reached {
  return {
    key: link.key,
    baseLsn: link.type === 'full' ? link.checkpointLsn : reached?.baseLsn,
    lastLsn: reached !== undefined && reached.lastLsn > link.lastLsn ? reached.lastLsn : link.lastLsn,
    hasLogs: link.type === 'log' || (reached?.hasLogs ?? false),
  };
}
