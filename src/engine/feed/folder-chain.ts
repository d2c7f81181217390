import {
  type Chain,
  type ChainRules,
  chainsOf,
  continuationOf,
  type Gap,
  type NamedFile,
  reachedBy,
} from '../../backups/chain.ts';
import { awaitsFullBackup } from '../../domain/feed.ts';
import type { Migration, Source } from '../../domain/migration.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupType } from '../../domain/vocabulary.ts';
import { namedFile } from '../service/backup-checks.ts';

/** After this many rounds of finding misnamed files one by one, all names are checked. */
const maxNameRounds = 8;

/** The provider and account whose rules for file names apply. */
export interface Naming {
  readonly provider: Provider;
  readonly account: Account;
}

/** The chain that a folder's files make for one migration. */
export interface ChainView {
  /** Keys to restore next, up to the first gap. */
  readonly ready: readonly string[];
  /** Keys to restore, including those after a gap. */
  readonly coming: readonly string[];
  /** Unneeded files that could be restored without any effect. */
  readonly harmless: readonly string[];
  readonly needless: readonly { readonly key: string; readonly reason: string }[];
  readonly gap: Gap | null;
  /** Why the remaining files have no place in the chain. */
  readonly other: string;
}

const nothing: ChainView = {
  ready: [],
  coming: [],
  harmless: [],
  needless: [],
  gap: null,
  other: 'It has no place in the chain.',
};

function chainOf(migration: Migration, eligible: readonly NamedFile[], rules: ChainRules): ChainView {
  if (awaitsFullBackup(migration)) return firstChain(migration, eligible, rules);
  const before = migration.backups.filter(
    ({ state, supersededBy }) => state !== 'failed' && state !== 'skipped' && supersededBy === undefined,
  );
  const taken = before.flatMap((backup) => namedFile(backup) ?? []);
  const reached = taken.length === before.length ? reachedBy(taken) : undefined;
  if (reached === undefined)
    return { ...nothing, other: 'A backup of the chain was not checked, so its successors are unknown.' };
  const database = taken[0]?.file.header.database?.toLowerCase();
  const binding = taken[0]?.file.bindingId ?? null;
  const own = eligible.filter(
    ({ file }) =>
      file.header.database?.toLowerCase() === database &&
      (binding === null || file.bindingId === null || file.bindingId === binding),
  );
  const { ready, restores, needless, gaps } = continuationOf(reached, own, rules);
  const at = own.filter(({ file }) => file.header.lastLsn === reached.lastLsn.toString() && file.header.type === 'log');
  return {
    ready,
    coming: restores,
    harmless: at.map(({ key }) => key),
    needless,
    gap: gaps[0] ?? null,
    other: 'It belongs to another database than the chain.',
  };
}

/**
 * The chain of the files whose names the provider accepts, and by key the faults of the names of other files that would belong to it. The
 * chain is built without misnamed files, because other files may cover the same range.
 */
export function wellNamedChain(
  migration: Migration,
  eligible: readonly NamedFile[],
  context: Naming,
  last: string | null,
): { readonly chain: ChainView; readonly misnamed: ReadonlyMap<string, string> } {
  const rules = rulesOf(migration, context.provider);
  const types = new Map(eligible.map(({ key, file }) => [key, file.header.type]));
  const misnamed = new Map<string, string>();
  const check = (keys: readonly string[], base: Migration): number => {
    const before = misnamed.size;
    for (const key of keys) {
      const type = types.get(key) ?? null;
      const { fault } = type === null ? { fault: null } : nameFaults(base, context, key, type, key === last);
      if (fault !== null) misnamed.set(key, fault);
    }
    return misnamed.size - before;
  };
  if (awaitsFullBackup(migration))
    check(
      eligible.flatMap(({ key }) => (types.get(key) === 'full' ? key : [])),
      migration,
    );
  for (let round = 1; ; round++) {
    const usable = eligible.filter(({ key }) => !misnamed.has(key));
    const chain = chainOf(migration, usable, rules);
    const [first] = chain.coming;
    const base = first !== undefined && awaitsFullBackup(migration) ? startingWith(migration, first) : migration;
    // In a folder of misnamed files each round may find only one. After a few rounds all names are checked at once.
    const checked =
      round < maxNameRounds ? chain.coming : usable.flatMap(({ key }) => (types.get(key) === 'full' ? [] : key));
    if (check(checked, base) === 0) return { chain, misnamed };
  }
}

function firstChain(migration: Migration, eligible: readonly NamedFile[], rules: ChainRules): ChainView {
  const chains = chainsOf(eligible, rules).filter((chain) => chain.gaps[0]?.after !== null || chain.gaps.length === 0);
  const names = new Set(chains.map(({ database }) => database.toLowerCase()));
  if (names.size > 1 && (migration.target.databases ?? []).length === 0)
    return {
      ...nothing,
      other: 'The folder contains full backups of several databases: name one in `target.databases`.',
    };
  const finishedAt = new Map(eligible.map(({ key, file }) => [key, file.header.finishedAt]));
  const endOf = ({ restores }: Chain): number => {
    const last = finishedAt.get(restores.at(-1) ?? '');
    return last == null ? 0 : Date.parse(`${last}Z`);
  };
  const [best] = chains
    .filter(({ gaps }) => gaps[0]?.after !== null)
    .map((chain) => ({ ...chain, end: endOf(chain) }))
    .toSorted((a, b) => b.end - a.end);
  if (best === undefined) return { ...nothing, other: 'The full backup before it is missing.' };
  const [gap = null] = best.gaps;
  const ready = gap === null ? best.restores : best.restores.slice(0, best.restores.indexOf(gap.before));
  const coming = migration.mode === 'full' ? best.restores.slice(0, 1) : best.restores;
  return {
    ...nothing,
    ready: ready.slice(0, migration.mode === 'full' ? 1 : undefined),
    coming,
    needless: best.needless,
    gap: migration.mode === 'full' ? null : gap,
    other: 'It belongs to another database than the chain.',
  };
}

/** The types of backups that may follow the full one in this mode. */
function rulesOf({ mode, backups }: Migration, { capabilities }: Provider): ChainRules {
  // One differential may precede the logs.
  const one = capabilities.differentialBeforeLogs && !backups.some(({ type }) => type === 'differential');
  return { differential: mode === 'full_differential' || (mode === 'full_log' && one), logs: mode === 'full_log' };
}

/** The provider's fault of a file name at this place of the chain, or null. `final`: whether the file would be the last one. */
export function nameFaults(
  migration: Migration,
  { provider, account }: Naming,
  key: string,
  type: BackupType,
  wantsFinal: boolean,
): { readonly fault: string | null; readonly final: boolean } {
  if (type === 'full') {
    const [fault] = provider.checkMigration(startingWith(migration, key), account);
    return { fault: fault?.detail ?? null, final: false };
  }
  const source = sourceOf(migration, key);
  const faultAs = (final: boolean) => provider.checkBackup(migration, { type, source, final })[0]?.detail ?? null;
  const fault = faultAs(wantsFinal);
  if (fault === null) return { fault: null, final: wantsFinal };
  // Some names are valid for the last file only.
  return !wantsFinal && faultAs(true) === null ? { fault: null, final: true } : { fault, final: false };
}

/** The migration with this file as its full backup. */
function startingWith(migration: Migration, key: string): Migration {
  const [full, ...others] = migration.backups;
  if (full === undefined) return migration;
  return { ...migration, backups: [{ ...full, source: sourceOf(migration, key) }, ...others] };
}

/** The source of a backup that is taken from the folder. */
export function sourceOf({ feed }: Migration, key: string): Source {
  const endpoint = feed?.endpoint;
  return {
    type: 'object_storage',
    bucket: feed?.bucket ?? '',
    keys: [key],
    ...(endpoint !== undefined && { endpoint }),
  };
}
