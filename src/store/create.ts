import type { Migration } from '../domain/migration.ts';
import type { CreateResult, IdempotencyKey, LeaseRequest, RequestTrace } from '../domain/store.ts';
import { writeAuditOf } from './audit.ts';
import { vendorIdsOf } from './documents.ts';
import { eventRows } from './event-rows.ts';
import { keyDigest, recordOf, storeKey } from './idempotency.ts';
import { findObstacles } from './instance.ts';
import { insertMigration } from './rows.ts';
import { asCaller, type Session } from './session.ts';
import { findVendorIds } from './vendor-ids.ts';

const firstToken = 1;

/** `Store.create` inside its transaction. All checks precede the first write, so a refusal needs no rollback. */
export async function createMigration(
  session: Session,
  migration: Migration,
  lease: LeaseRequest,
  key: IdempotencyKey | undefined,
  trace: RequestTrace = {},
): Promise<CreateResult> {
  session.dialect.lockTarget(session, migration.account, migration.target.instanceId);
  const obstacles = await findObstacles(session, migration, key === undefined ? null : keyDigest(key));
  // Checked before the target, which a repeated request would find occupied by its own first migration.
  if (key !== undefined && obstacles.key !== null)
    return { outcome: 'key_exists', record: await recordOf(session.db, session.dialect, key, obstacles.key) };
  if (obstacles.holder !== null) return { outcome: 'target_busy', migrationId: obstacles.holder };
  if (migration.occupiesInstance && obstacles.occupant !== null) return { outcome: 'instance_occupied' };
  if (await adoptsOthersIds(session, migration)) return { outcome: 'ids_taken' };
  const settled = asCaller(() => trace.answer?.(migration) ?? null);
  if (key !== undefined)
    storeKey(session, key, { type: 'migration', id: migration.id }, migration.createdAt, settled?.answer);
  await insertMigration(session, migration, { ...lease, token: firstToken });
  writeAuditOf(session, trace.audit, migration, settled);
  session.append(eventRows(null, migration));
  session.changed(migration.id, lease.leaseMs > 0 ? null : migration.dueAt);
  return { outcome: 'created', fence: { owner: lease.owner, token: firstToken } };
}

/** Whether an adopted migration has vendor ids of others. The target is locked, so of two adoptions of a task only one succeeds. */
async function adoptsOthersIds({ db }: Session, migration: Migration): Promise<boolean> {
  if (!migration.calls.some(({ adopted }) => adopted)) return false;
  const others = await findVendorIds(db, migration);
  return vendorIdsOf(migration).some((id) => others.has(id));
}
