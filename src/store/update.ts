import { dated } from '../domain/dates.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import type { Fence, OpenRequest, RequestTrace, UpdateOptions, UpdateResult } from '../domain/store.ts';
import { writeAuditOf } from './audit.ts';
import { readMigration, type StoredMigration, waitsForInstance } from './documents.ts';
import { eventRows } from './event-rows.ts';
import { fanOutLast } from './fan-out.ts';
import { answerOwnKey, findKeyIn, storeKey } from './idempotency.ts';
import { holderOfTarget, instanceOccupied, wakeWaiting } from './instance.ts';
import type { KeptMigrations } from './kept-migrations.ts';
import { keepRemovedEvents } from './removed-events.ts';
import { keepLease, type LeaseChange, saveMigration, selectMigrations, targetChanged } from './rows.ts';
import { asCaller, type Session } from './session.ts';
import { statement } from './statement.ts';
import { keepVendorIds } from './vendor-ids.ts';

/** `Store.update` inside its transaction. All checks precede the first write, so a refusal needs no rollback. */
export async function updateMigration(
  session: Session,
  kept: KeptMigrations,
  id: string,
  change: (current: Migration) => Migration | null,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const { fence, idempotency, trace = {}, settles } = options;
  session.dialect.lockTargetOf(session, id);
  const mayBeKept = fence !== undefined || kept.hasLong(id);
  const [whole, held, record] = await Promise.all([
    mayBeKept ? null : lockWhole(session, id),
    mayBeKept ? lockLease(session, id) : null,
    idempotency === undefined ? null : findKeyIn(session, idempotency),
  ]);
  if (held !== null && fence !== undefined && !owns(held, fence)) return { outcome: 'fenced' };
  if (record !== null && (whole ?? held) !== null) return { outcome: 'key_exists', record };

  const before = whole === null ? await keptOrRead(session, kept, id, held) : readMigration(whole);
  if (before === null) return { outcome: 'not_found' };
  const changed = applied(change, before);
  if (changed === null) {
    const lease = leaseChange(options, before);
    keepLease(session, id, lease);
    // Work that a caller made due during the lease can now be claimed.
    if (lease === 'given_back') session.changed(id, before.dueAt);
    return { outcome: 'unchanged', migration: before, released: lease === 'given_back' };
  }
  const after = await dueIfFree(session, before, dated(before, { ...changed, version: before.version + 1 }));

  if (after.occupiesInstance && !before.occupiesInstance && (await instanceOccupied(session, after)))
    return { outcome: 'instance_occupied' };
  if (!isTerminal(after) && targetChanged(before, after)) {
    const holder = await holderOfTarget(session.db, after);
    if (holder !== null) return { outcome: 'target_busy', migrationId: holder };
  }
  const settled = asCaller(() => trace.answer?.(after) ?? null);
  if (idempotency !== undefined)
    storeKey(session, idempotency, { type: 'migration', id }, after.updatedAt, settled?.answer);

  const lease = leaseChange(options, after);
  await saveMigration(session, before, after, lease);
  if (before.occupiesInstance && !after.occupiesInstance)
    await wakeWaiting(session, after.account, after.target.instanceId, id);
  writeAuditOf(session, trace.audit, after, settled);
  const answered = settles !== undefined && settle(session, settles, after);
  session.append(eventRows(before, after));
  const released = lease === 'given_back';
  session.changed(id, fence === undefined || released ? after.dueAt : null);
  return { outcome: 'updated', migration: after, released, ...(answered && { kept: true }) };
}

/** Stores the response to an earlier request if the stored migration settles it. Returns whether it does. */
function settle(session: Session, request: OpenRequest, stored: Migration): boolean {
  const settled = asCaller(() => request.answer(stored));
  if (settled === null) return false;
  if (request.idempotency !== undefined) answerOwnKey(session, request.idempotency, stored, settled.answer);
  writeAuditOf(session, request.audit, stored, settled);
  return true;
}

/** Lease, fencing token and version of a migration. */
interface LeaseRow {
  readonly lease_owner: string | null;
  readonly fence: number;
  readonly version: number;
  readonly due_at: number | null;
}

async function lockLease(session: Session, id: string): Promise<LeaseRow | null> {
  const [row] = await session.rows(selectLease, { id });
  return row ?? null;
}

const selectLease = statement((db, { id }: { readonly id: string }, dialect) =>
  db
    .selectFrom('migrations')
    .select(['lease_owner', 'fence', 'version', 'due_at'])
    .where('id', '=', id)
    .$if(dialect.rowLocks, (query) => query.forUpdate()),
);

async function lockWhole(session: Session, id: string): Promise<StoredMigration | null> {
  const [row] = await session.rows(selectWhole, { id });
  return row ?? null;
}

const selectWhole = statement((db, { id }: { readonly id: string }, dialect) =>
  selectMigrations(db)
    .where('id', '=', id)
    .$if(dialect.rowLocks, (query) => query.forUpdate('migrations')),
);

/** The stored migration, from the cache if possible: this process has usually just written a migration that it leases. The row is locked. */
async function keptOrRead(
  session: Session,
  kept: KeptMigrations,
  id: string,
  held: LeaseRow | null,
): Promise<Migration | null> {
  if (held === null) return null;
  const known = kept.find(id, held.version);
  if (known !== null) return { ...known, dueAt: held.due_at };
  const row = await lockWhole(session, id);
  return row === null ? null : readMigration(row);
}

/** `Store.remove` inside its transaction. Dependent rows are deleted with the migration's row. */
export async function removeMigration(
  session: Session,
  id: string,
  check: (current: Migration) => void,
  trace: RequestTrace = {},
): Promise<boolean> {
  const { db, dialect } = session;
  dialect.lockTargetOf(session, id);
  const row = await lockWhole(session, id);
  if (row === null) return false;
  const current = readMigration(row);
  asCaller(() => check(current));
  await fanOutLast(session, id);
  await keepVendorIds(db, current);
  await keepRemovedEvents(db, id);
  writeAuditOf(session, trace.audit, current, null);
  await db.deleteFrom('migrations').where('id', '=', id).execute();
  if (current.occupiesInstance) await wakeWaiting(session, current.account, current.target.instanceId, id);
  session.changed(id, null);
  return true;
}

function owns(row: Pick<LeaseRow, 'lease_owner' | 'fence'>, fence: Fence): boolean {
  return row.lease_owner === fence.owner && row.fence === fence.token;
}

function applied(change: (current: Migration) => Migration | null, before: Migration): Migration | null {
  return asCaller(() => {
    const after = change(before);
    const moved =
      after !== null &&
      (after.id !== before.id ||
        after.account !== before.account ||
        after.target.instanceId !== before.target.instanceId);
    if (moved) throw new Error(`the id, account and instance of ${before.id} cannot change`);
    return after;
  });
}

/**
 * Makes a migration due at once if it begins to wait for an instance that is free by now, because the wake of waiting migrations has passed already.
 * A migration that occupied the instance itself is excepted, because it would be due again and again.
 */
async function dueIfFree(session: Session, before: Migration, after: Migration): Promise<Migration> {
  const begins = waitsForInstance(after) && !waitsForInstance(before) && !before.occupiesInstance;
  if (!begins || (await instanceOccupied(session, after))) return after;
  return { ...after, dueAt: after.createdAt };
}

/** The change of the lease that the options ask for. Without a fencing token the lease of another owner stays. */
function leaseChange({ fence, release, renewLease }: UpdateOptions, stored: Migration): LeaseChange {
  if (fence === undefined) return 'stays';
  if (release === true || release?.(stored)) return 'given_back';
  if (renewLease === undefined) return 'stays';
  return { renew: { now: renewLease.now, leaseMs: Math.ceil(renewLease.leaseMs) } };
}
