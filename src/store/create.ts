import type { Migration } from '../domain/migration.ts';
import type { CreateResult, IdempotencyKey, LeaseRequest, RequestTrace, Resource } from '../domain/store.ts';
import { writeAuditOf } from './audit.ts';
import { claimKey, findKey } from './idempotency.ts';
import { holderOfTarget, instanceOccupied } from './instance.ts';
import { eventRows, insertMigration } from './rows.ts';
import { asCaller, type Session } from './session.ts';
import { isTerminal } from './target.ts';

const firstToken = 1;

/** `Store.create` inside its transaction. Every check comes before the first write, so a refusal has nothing to undo. */
export async function createMigration(
  session: Session,
  migration: Migration,
  lease: LeaseRequest,
  key: IdempotencyKey | undefined,
  trace: RequestTrace = {},
): Promise<CreateResult> {
  const { db, dialect } = session;
  await dialect.lockTarget(db, migration.account, migration.target.instanceId);
  if (key !== undefined) {
    // Before the target: a repeated request would else find its own first migration there.
    const record = await findKey(db, dialect, key.caller, key.key);
    if (record !== null) return { outcome: 'key_exists', record };
  }
  if (!isTerminal(migration)) {
    const holder = await holderOfTarget(db, migration);
    if (holder !== null) return { outcome: 'target_busy', migrationId: holder };
  }
  if (migration.occupiesInstance && (await instanceOccupied(db, migration))) return { outcome: 'instance_occupied' };
  const settled = asCaller(() => trace.answer?.(migration) ?? null);
  if (key !== undefined) {
    const resource: Resource = { type: 'migration', id: migration.id };
    const record = await claimKey(session, key, resource, lease.now, settled?.answer);
    if (record !== null) return { outcome: 'key_exists', record };
  }
  await insertMigration(session, migration, { ...lease, token: firstToken });
  await writeAuditOf(db, trace.audit, migration, settled);
  session.append(eventRows(null, migration));
  session.changed(migration.id, lease.leaseMs > 0 ? null : migration.dueAt);
  return { outcome: 'created', fence: { owner: lease.owner, token: firstToken } };
}
