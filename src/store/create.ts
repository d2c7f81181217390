import type { Migration } from '../domain/migration.ts';
import type { CreateResult, IdempotencyKey, LeaseRequest, RequestTrace } from '../domain/store.ts';
import { writeAuditOf } from './audit.ts';
import { vendorIdsOf } from './documents.ts';
import { eventRows } from './event-rows.ts';
import { findKeyIn, storeKey } from './idempotency.ts';
import { holderOfTarget, instanceOccupied } from './instance.ts';
import { insertMigration } from './rows.ts';
import { asCaller, type Session } from './session.ts';
import { isTerminal } from './target.ts';
import { findVendorIds } from './vendor-ids.ts';

const firstToken = 1;

/** `Store.create` inside its transaction. Every check comes before the first write, so a refusal has nothing to undo. */
export async function createMigration(
  session: Session,
  migration: Migration,
  lease: LeaseRequest,
  key: IdempotencyKey | undefined,
  trace: RequestTrace = {},
): Promise<CreateResult> {
  session.dialect.lockTarget(session, migration.account, migration.target.instanceId);
  const [record, holder, occupied] = await Promise.all([
    key === undefined ? null : findKeyIn(session, key),
    isTerminal(migration) ? null : holderOfTarget(session, migration),
    migration.occupiesInstance && instanceOccupied(session, migration),
  ]);
  // Before the target, where a repeated request would find its own first migration.
  if (record !== null) return { outcome: 'key_exists', record };
  if (holder !== null) return { outcome: 'target_busy', migrationId: holder };
  if (occupied) return { outcome: 'instance_occupied' };
  if (await adoptsOthersIds(session, migration)) return { outcome: 'ids_taken' };
  const settled = asCaller(() => trace.answer?.(migration) ?? null);
  if (key !== undefined) storeKey(session, key, { type: 'migration', id: migration.id }, lease.now, settled?.answer);
  await insertMigration(session, migration, { ...lease, token: firstToken });
  writeAuditOf(session, trace.audit, migration, settled);
  session.append(eventRows(null, migration));
  session.changed(migration.id, lease.leaseMs > 0 ? null : migration.dueAt);
  return { outcome: 'created', fence: { owner: lease.owner, token: firstToken } };
}

/** The lock of the target is held by now, so of two that adopt the same one is the first. */
async function adoptsOthersIds({ db }: Session, migration: Migration): Promise<boolean> {
  if (!migration.calls.some(({ adopted }) => adopted)) return false;
  const others = await findVendorIds(db, migration);
  return vendorIdsOf(migration).some((id) => others.has(id));
}
