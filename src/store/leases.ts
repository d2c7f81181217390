import type { Fence, HeldLease, LeaseRequest } from '../domain/store.ts';
import { leaseEnd } from './rows.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

interface Held {
  readonly id: string;
  readonly owner: string;
  readonly token: number;
}

/** `Store.renewLeases` inside its transaction. */
export async function renewLeases(
  session: Session,
  { now, leaseMs }: LeaseRequest,
  held: readonly HeldLease[],
): Promise<ReadonlySet<string>> {
  const end = { now, leaseMs: Math.ceil(leaseMs) };
  const renewed = await Promise.all(
    held.map(({ id, fence }) => session.rows(renewHeld, { id, owner: fence.owner, token: fence.token, ...end })),
  );
  return new Set(renewed.flat().map(({ id }) => id));
}

const renewHeld = statement((db, held: Held & { readonly now: number; readonly leaseMs: number }, dialect) =>
  db
    .updateTable('migrations')
    .set({ lease_until: leaseEnd(dialect, held) })
    .where('id', '=', held.id)
    .where('lease_owner', '=', held.owner)
    .where('fence', '=', held.token)
    .returning('id'),
);

/** `Store.releaseLease` inside its transaction. Work that became due during the lease can now be claimed. */
export async function releaseLease(session: Session, id: string, { owner, token }: Fence): Promise<void> {
  const [row] = await session.rows(releaseHeld, { id, owner, token });
  if (row !== undefined) session.changed(id, row.due_at);
}

const releaseHeld = statement((db, held: Held) =>
  db
    .updateTable('migrations')
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', held.id)
    .where('lease_owner', '=', held.owner)
    .where('fence', '=', held.token)
    .returning('due_at'),
);
