import { blockedBy, cleared, withNote } from '../../domain/aggregate.ts';
import { type CreationContext, newBackup } from '../../domain/creation.ts';
import { awaitsFullBackup } from '../../domain/feed.ts';
import { markableAsFinal } from '../../domain/lifecycle.ts';
import type { Backup, Feed, Migration, WarningNote } from '../../domain/migration.ts';
import type { Provider } from '../../domain/provider.ts';
import { addBackup, requestCutover } from '../../domain/requests.ts';
import { sourceOf } from './folder-chain.ts';
import type { FeedPlan, Taking } from './plan.ts';

/** Maximum number of refused keys that are remembered as reported. */
const maxRefused = 100;

/** Applies a plan to a migration: files become backups, and reasons are set. Null: no change. Pure except for new ids. */
export function applyPlan(
  migration: Migration,
  plan: FeedPlan,
  scan: {
    readonly now: number;
    readonly scanMs: number;
    readonly creation: CreationContext;
    readonly provider: Provider;
  },
): Migration | null {
  const { feed } = migration;
  if (feed === undefined) return null;
  const { now } = scan;
  let next: Migration = cleared(migration, 'feed');
  for (const taking of plan.take) next = taken(next, taking, scan.creation, now);
  next = ended(next, plan, scan.provider, now);

  const gap = gapOf(feed, plan, now);
  if (gap !== null && plan.gap !== null && now - gap.since >= scan.scanMs && !next.cutoverRequested)
    next = blockedBy(next, { code: 'log_chain_gap', detail: plan.gap.detail });
  if (awaitsFullBackup(next))
    next = blockedBy(next, {
      code: 'awaiting_backup_file',
      detail: `\`${feed.bucket}/${feed.prefix}\` contains no usable full backup yet. GET /migrations/${migration.id}/feed gives the reason for each file.`,
    });
  const warnings = plan.changed.reduce((notes, key) => withNote(notes, changedWarning(key)), next.warnings);
  const refused = plan.items.filter(({ verdict }) => verdict === 'refused').map(({ key }) => key);
  const updated: Feed = {
    ...feed,
    gap,
    refused: [...new Set([...feed.refused, ...refused])].slice(-maxRefused),
    newestFinishedAt: plan.newestFinishedAt,
    scannedAt: now,
    closed: feed.closed || isComplete(next, plan),
  };
  const result: Migration = { ...next, warnings, feed: updated };
  return sameButForScan(migration, result) ? null : { ...result, updatedAt: now };
}

function taken(
  migration: Migration,
  { key, folderFile, type, final }: Taking,
  creation: CreationContext,
  now: number,
): Migration {
  const source = sourceOf(migration, key);
  const seen = {
    source,
    header: folderFile.file?.header ?? null,
    bindingId: folderFile.file?.bindingId ?? null,
    etag: folderFile.object.etag,
  };
  if (type === 'full') {
    const [full, ...others] = migration.backups;
    if (full === undefined) return migration;
    return { ...migration, backups: [{ ...full, ...seen }, ...others], dueAt: now, failures: 0 };
  }
  const request = { type, final, source: { type: 'object_storage', bucket: '', keys: [key] } } as const;
  const backup: Backup = {
    ...newBackup({ ...request, source: { ...request.source, keys: [key] } }, creation),
    ...seen,
  };
  return addBackup(migration, backup, now);
}

/** Ends the chain if its last file was taken before it was named: the file becomes final, or the database is opened after it. */
function ended(migration: Migration, { lastTaken }: FeedPlan, provider: Provider, now: number): Migration {
  const final = migration.backups.some((backup) => backup.final && backup.type !== 'full' && backup.state !== 'failed');
  const open = migration.state !== 'cutting_over' && !migration.cutoverRequested && !migration.cancelRequested;
  if (lastTaken === null || final || !open || migration.mode === 'full') return migration;
  const markable = markableAsFinal(migration, provider);
  if (markable?.id === lastTaken) return requestCutover(migration, lastTaken, now);
  return provider.capabilities.cutoverWithoutBackup ? requestCutover(migration, null, now) : migration;
}

function gapOf(feed: Feed, { gap }: FeedPlan, now: number): Feed['gap'] {
  if (gap === null) return null;
  const same = feed.gap !== null && feed.gap.after === gap.after && feed.gap.before === gap.before;
  return { after: gap.after, before: gap.before, since: same ? (feed.gap?.since ?? now) : now };
}

/** Whether the feed is complete: its last file is taken, or with `watch: false` every present file of the chain is. */
function isComplete({ feed, mode, backups }: Migration, { take, coming, reading }: FeedPlan): boolean {
  const [full] = backups;
  const resolved = full?.source.type === 'object_storage' && full.source.keys.length > 0;
  if (!resolved) return false;
  if (mode === 'full' || backups.some(({ final, type }) => final && type !== 'full')) return true;
  return feed?.watch === false && !reading && coming.every((key) => take.some((each) => each.key === key));
}

function changedWarning(key: string): WarningNote {
  return {
    code: 'backup_file_changed',
    detail: `\`${key}\` changed after Godwit had taken it. Godwit does not send it again.`,
  };
}

/** Whether a scan changed nothing but its own time, which the folder's record has as well. */
function sameButForScan(before: Migration, after: Migration): boolean {
  const bare = (migration: Migration) =>
    JSON.stringify({
      ...migration,
      feed: { ...migration.feed, scannedAt: null },
      updatedAt: 0,
      blocking: notes(migration),
    });
  const notes = ({ blocking }: Migration) => blocking.map(({ code, detail }) => [code, detail]).toSorted();
  return bare(before) === bare(after);
}
