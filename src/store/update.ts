import { sql } from 'kysely';
import { dated } from '../domain/dates.ts';
import type { Migration } from '../domain/migration.ts';
import type { Fence, OpenRequest, RequestTrace, Resource, UpdateOptions, UpdateResult } from '../domain/store.ts';
import { writeAuditOf } from './audit.ts';
import { readMigration, type StoredMigration, waitsForInstance } from './documents.ts';
import { fanOutLast } from './fan-out.ts';
import { answerKey, claimKey, findKey } from './idempotency.ts';
import { holderOfTarget, instanceOccupied, wakeWaiting } from './instance.ts';
import { eventRows, type LeaseChange, saveMigration, selectMigrations, targetChanged } from './rows.ts';
import { asCaller, type Session, type SqlDialect } from './session.ts';
import { isTerminal } from './target.ts';
import { keepVendorIds } from './vendor-ids.ts';

/** `Store.update` inside its transaction. Every check comes before the first write, so a refusal has nothing to undo. */
export async function updateMigration(
  session: Session,
  id: string,
  change: (current: Migration) => Migration | null,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const { db, dialect } = session;
  const { fence, idempotency, trace = {}, settles } = options;
  await dialect.lockTargetOf(db, id);
  const row = await selectMigrations(db)
    .where('id', '=', id)
    .$if(dialect.rowLocks, (query) => query.forUpdate('migrations'))
    .executeTakeFirst();
  if (row === undefined) return { outcome: 'not_found' };
  if (fence !== undefined && !owns(row, fence)) return { outcome: 'fenced' };
  if (idempotency !== undefined) {
    const record = await findKey(db, dialect, idempotency.caller, idempotency.key);
    if (record !== null) return { outcome: 'key_exists', record };
  }

  const before = readMigration(row);
  const changed = applied(change, before);
  if (changed === null) {
    const lease = leaseChange(dialect, options, before);
    await keepLease(session, id, lease);
    // What a caller made due while it was held can be claimed from now on.
    if (lease === givenBack && before.dueAt !== null) session.changed(id, before.dueAt);
    return { outcome: 'unchanged', migration: before, released: lease === givenBack };
  }
  const after = await dueIfFree(session, before, dated(before, { ...changed, version: before.version + 1 }));

  if (after.occupiesInstance && !before.occupiesInstance && (await instanceOccupied(db, after)))
    return { outcome: 'instance_occupied' };
  if (!isTerminal(after) && targetChanged(before, after)) {
    const holder = await holderOfTarget(db, after);
    if (holder !== null) return { outcome: 'target_busy', migrationId: holder };
  }
  const settled = asCaller(() => trace.answer?.(after) ?? null);
  if (idempotency !== undefined) {
    const resource: Resource = { type: 'migration', id };
    const record = await claimKey(session, idempotency, resource, after.updatedAt, settled?.answer);
    if (record !== null) return { outcome: 'key_exists', record };
  }

  const lease = leaseChange(dialect, options, after);
  await saveMigration(db, before, after, lease);
  if (before.occupiesInstance && !after.occupiesInstance)
    await wakeWaiting(session, after.account, after.target.instanceId, id);
  await writeAuditOf(db, trace.audit, after, settled);
  const kept = settles === undefined ? false : await settle(session, settles, after);
  session.append(eventRows(before, after));
  session.changed(id, fence === undefined || lease === givenBack ? after.dueAt : null);
  return { outcome: 'updated', migration: after, released: lease === givenBack, ...(kept && { kept }) };
}

/** Keeps the answer of an earlier request where what is stored now settles it. */
async function settle(session: Session, request: OpenRequest, stored: Migration): Promise<boolean> {
  const settled = asCaller(() => request.answer(stored));
  if (settled === null) return false;
  const { idempotency, audit } = request;
  if (idempotency !== undefined) await answerKey(session, idempotency.caller, idempotency.key, settled.answer);
  await writeAuditOf(session.db, audit, stored, settled);
  return true;
}

/** `Store.remove` inside its transaction. What belongs to the migration goes with its row. */
export async function removeMigration(
  session: Session,
  id: string,
  check: (current: Migration) => void,
  trace: RequestTrace = {},
): Promise<boolean> {
  const { db, dialect } = session;
  await dialect.lockTargetOf(db, id);
  const row = await selectMigrations(db)
    .where('id', '=', id)
    .$if(dialect.rowLocks, (query) => query.forUpdate('migrations'))
    .executeTakeFirst();
  if (row === undefined) return false;
  const current = readMigration(row);
  asCaller(() => check(current));
  await fanOutLast(session, id);
  await keepVendorIds(db, current);
  await writeAuditOf(db, trace.audit, current, null);
  await db.deleteFrom('migrations').where('id', '=', id).execute();
  if (current.occupiesInstance) await wakeWaiting(session, current.account, current.target.instanceId, id);
  session.changed(id, null);
  return true;
}

function owns(row: StoredMigration, fence: Fence): boolean {
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
 * A migration that begins to wait for an instance which is free by now would wait for a wake that has passed already: it is due
 * at once instead. Not so one that gave the instance up itself, which would come straight back.
 */
async function dueIfFree({ db }: Session, before: Migration, after: Migration): Promise<Migration> {
  const begins = waitsForInstance(after) && !waitsForInstance(before) && !before.occupiesInstance;
  if (!begins || (await instanceOccupied(db, after))) return after;
  return { ...after, dueAt: after.createdAt };
}

const givenBack: LeaseChange = { lease_owner: null, lease_until: null };

/** What the options ask for the lease; without a fence it is somebody else's and stays. */
function leaseChange(dialect: SqlDialect, options: UpdateOptions, stored: Migration): LeaseChange {
  const { fence, release, renewLease } = options;
  if (fence === undefined) return {};
  if (release === true || release?.(stored)) return givenBack;
  if (renewLease === undefined) return {};
  return { lease_until: sql<number>`${dialect.leaseClock(renewLease.now)} + ${Math.ceil(renewLease.leaseMs)}` };
}

async function keepLease({ db }: Session, id: string, lease: LeaseChange): Promise<void> {
  if (Object.keys(lease).length > 0) await db.updateTable('migrations').set(lease).where('id', '=', id).execute();
}
