import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditEntry } from '../domain/audit.ts';
import type { MigrationEvent } from '../domain/event.ts';
import type { Instant } from '../domain/migration.ts';

import type { ClaimedDelivery, Delivery, DeliveryState, SettledDelivery, Webhook } from '../domain/webhook.ts';
import { writeAudit } from './audit.ts';

import { notLeased } from './claim.ts';
import { idOfPosition, positionOfId } from './event-id.ts';
import type { Session } from './session.ts';
import type { DeliveriesTable, Tables } from './tables.ts';
import { jsonObject, type UnreadableRecords } from './unreadable.ts';
import { readWebhook } from './webhook-row.ts';

const prefix = 'dlv_';

/** `WebhookStore.claimDeliveries` inside its transaction. Rows that another transaction has locked are skipped. */
export async function claimDeliveries(
  session: Session,
  now: Instant,
  leaseMs: number,
  limit: number,
  roomOf: (webhook: Webhook) => number,
): Promise<readonly ClaimedDelivery[]> {
  if (limit < 1) return [];
  const { db, dialect, unreadable } = session;
  // One index lookup per webhook, independent of the number of pending deliveries.
  const webhooksDue = await db
    .selectFrom('webhooks')
    .select(({ selectFrom }) => [
      'webhooks.id as webhook_id',
      selectFrom('deliveries')
        .select('deliveries.due_at')
        .whereRef('deliveries.webhook_id', '=', 'webhooks.id')
        .where('deliveries.due_at', '<=', now)
        .where(notLeased(dialect, now))
        .orderBy('deliveries.due_at')
        .orderBy('deliveries.position')
        .limit(1)
        .as('due_at'),
    ])
    .where('enabled', '=', 1)
    .execute();
  const due = webhooksDue
    .filter(({ due_at }) => due_at !== null)
    .sort((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0));
  if (due.length === 0) return [];
  const webhooks = await db
    .selectFrom('webhooks')
    .selectAll()
    .where(
      'id',
      'in',
      due.map((row) => row.webhook_id),
    )
    .execute();
  const byId = new Map(unreadable.readable(webhooks, readWebhook).map((webhook) => [webhook.id, webhook]));
  const claimed: Selectable<DeliveriesTable>[] = [];
  for (const { webhook_id } of due) {
    const webhook = byId.get(webhook_id);
    const room = webhook === undefined ? 0 : Math.min(roomOf(webhook), limit - claimed.length);
    if (room > 0) claimed.push(...(await claimOf(session, webhook_id, now, leaseMs, room)));
  }
  if (claimed.length === 0) return [];

  const deliveries = new Map(unreadable.readable(claimed, readDelivery).map((delivery) => [delivery.id, delivery]));
  const lost = claimed.filter(({ position }) => !deliveries.has(idOfPosition(prefix, position)));
  if (lost.length > 0) await giveUp(db, lost, now);
  return claimed
    .toSorted((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0) || one.position - other.position)
    .flatMap((row) => {
      const webhook = byId.get(row.webhook_id);
      const delivery = deliveries.get(idOfPosition(prefix, row.position));
      return webhook === undefined || delivery === undefined ? [] : [{ delivery, webhook }];
    });
}

/** Ends deliveries whose event is unreadable, because they can never be sent. */
async function giveUp(db: Kysely<Tables>, rows: readonly { readonly position: number }[], now: Instant): Promise<void> {
  const ended = { state: 'failed', last_attempt_at: now, last_error: 'the stored event cannot be read', due_at: null };
  const positions = rows.map(({ position }) => position);
  await db.updateTable('deliveries').set(ended).where('position', 'in', positions).execute();
}

function claimOf(
  { db, dialect }: Session,
  webhookId: string,
  now: Instant,
  leaseMs: number,
  limit: number,
): Promise<Selectable<DeliveriesTable>[]> {
  return db
    .with('due', (query) =>
      query
        .selectFrom('deliveries')
        .select('position')
        .where('webhook_id', '=', webhookId)
        .where('due_at', '<=', now)
        .where(notLeased(dialect, now))
        .orderBy('due_at')
        .orderBy('position')
        .limit(limit)
        .$if(dialect.rowLocks, (rows) => rows.forUpdate('deliveries').skipLocked()),
    )
    .updateTable('deliveries')
    .set({ lease_until: sql<number>`${dialect.leaseClock(now)} + ${Math.ceil(leaseMs)}` })
    .where('position', 'in', (query) => query.selectFrom('due').select('position'))
    .returningAll()
    .execute();
}

/** `WebhookStore.settleDeliveries`. Equal results share one statement and get the time of the last of them. */
export async function settleDeliveries(db: Kysely<Tables>, settled: readonly SettledDelivery[]): Promise<void> {
  const alike = Map.groupBy(settled, ({ attempts, outcome: { state, status, error, dueAt } }) =>
    JSON.stringify([attempts, state, status, error, dueAt]),
  );
  for (const [first, ...others] of alike.values()) {
    if (first === undefined) continue;
    const { state, status, error, dueAt } = first.outcome;
    const same = [first, ...others];
    await db
      .updateTable('deliveries')
      .set({
        state,
        attempts: first.attempts + 1,
        last_attempt_at: Math.max(...same.map(({ outcome }) => outcome.at)),
        last_status: status,
        last_error: error,
        due_at: dueAt === null ? null : Math.ceil(dueAt),
        lease_until: null,
      })
      .where('position', 'in', positionsOf(same.map(({ id }) => id)))
      .where('attempts', '=', first.attempts)
      .execute();
  }
}

/** `WebhookStore.releaseDeliveries`. */
export async function releaseDeliveries(db: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  const positions = positionsOf(ids);
  await db
    .updateTable('deliveries')
    .set({ lease_until: null })
    .where('position', 'in', positions)
    .where('state', '=', 'pending')
    .execute();
}

/** The positions of ids, and one that no delivery has, because SQL allows no empty list. */
function positionsOf(ids: readonly string[]): readonly number[] {
  return [-1, ...ids.map((id) => positionOfId(prefix, id)).filter((position) => position !== null)];
}

/** `WebhookStore.listDeliveries`. An unknown id in `after` gives an empty page. */
export async function listDeliveries(
  db: Kysely<Tables>,
  unreadable: UnreadableRecords,
  webhookId: string,
  filter: { readonly state?: DeliveryState },
  page: { readonly size: number; readonly after?: string },
): Promise<readonly Delivery[]> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .orderBy('position', 'desc')
    .limit(page.size);
  if (page.after !== undefined) {
    const position = positionOfId(prefix, page.after);
    if (position === null) return [];
    query = query.where('position', '<', position);
  }
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  return unreadable.readable(await query.execute(), readDelivery);
}

/** `WebhookStore.redeliver` inside its transaction. A pending delivery stays unchanged. */
export async function redeliver(
  session: Session,
  webhookId: string,
  id: string,
  now: Instant,
  audit: AuditEntry | undefined,
): Promise<Delivery | null> {
  const { db, dialect } = session;
  const position = positionOfId(prefix, id);
  if (position === null) return null;
  const row = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('position', '=', position)
    .where('webhook_id', '=', webhookId)
    .$if(dialect.rowLocks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) return null;
  if (audit !== undefined) writeAudit(session, { ...audit, webhookId });
  if (row.state === 'pending') return readDelivery(row);
  const untried = {
    state: 'pending',
    attempts: 0,
    last_attempt_at: null,
    last_status: null,
    last_error: null,
    due_at: now,
    lease_until: null,
  };
  await db.updateTable('deliveries').set(untried).where('position', '=', position).execute();
  return readDelivery({ ...row, ...untried });
}

/** `WebhookStore.forgetDeliveries`. */
export async function forgetDeliveries(db: Kysely<Tables>, before: Instant): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('deliveries')
    .where('due_at', 'is', null)
    .where('last_attempt_at', '<', before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function readDelivery(row: Selectable<DeliveriesTable>): Delivery {
  const id = idOfPosition(prefix, row.position);
  return {
    id,
    webhookId: row.webhook_id,
    event: jsonObject('deliveries', id, row.event) as unknown as MigrationEvent,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    dueAt: row.due_at,
    createdAt: row.created_at,
  };
}
