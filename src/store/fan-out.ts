import type { Selectable } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { Webhook } from '../domain/webhook.ts';
import { eventWithoutData, readEvent } from './event-rows.ts';
import { latestPosition } from './queries.ts';
import { batches } from './rows.ts';
import type { Backend, Session } from './session.ts';
import type { EventsTable } from './tables.ts';
import { readWebhook } from './webhook-row.ts';

type StoredEvent = Selectable<EventsTable>;

/** `WebhookStore.fanOut`: one query for all webhooks, and one transaction for each that lags behind the event log. */
export async function fanOut(
  backend: Backend,
  now: Instant,
  limit: number,
): Promise<{ readonly enabled: boolean; readonly more: boolean }> {
  const webhooks = await backend.read((db) =>
    db
      .selectFrom('webhooks')
      .select(({ selectFrom }) => [
        'id',
        'position',
        selectFrom('events')
          .select(({ fn }) => fn.max('events.position').as('latest'))
          .as('latest'),
      ])
      .where('enabled', '=', 1)
      .orderBy('id')
      .execute(),
  );
  let more = false;
  for (const { id, position, latest } of webhooks)
    if (latest !== null && latest > position)
      more = (await backend.write((session) => fanOutTo(session, id, now, limit))) || more;
  return { enabled: webhooks.length > 0, more };
}

/** Makes deliveries for one webhook, unless another process has locked it. Returns whether events are left. */
async function fanOutTo(session: Session, id: string, now: Instant, limit: number): Promise<boolean> {
  const { db, dialect } = session;
  const row = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id)
    .where('enabled', '=', 1)
    .$if(dialect.rowLocks, (query) => query.forNoKeyUpdate().skipLocked())
    .executeTakeFirst();
  const webhook = row && session.unreadable.read(() => readWebhook(row));
  if (!row || !webhook) return false;
  const { position, more } = await catchUp(session, webhook, row.position, now, limit);
  await db.updateTable('webhooks').set({ position }).where('id', '=', id).execute();
  return more;
}

/**
 * Makes the deliveries of at most `limit` events after a position. Returns the new position, and whether events are left. The transaction
 * must have locked the webhook's row.
 */
export async function catchUp(
  session: Session,
  webhook: Webhook,
  after: number,
  now: Instant,
  limit: number,
): Promise<{ readonly position: number; readonly more: boolean }> {
  const { db } = session;
  // Read first, so that events appended between the two statements are left for the next run.
  const end = Math.max(after, await latestPosition(db));
  const events = await db
    .selectFrom('events')
    .selectAll()
    .where('position', '>', after)
    .where('position', '<=', end)
    // The empty name, which no account has, because SQL allows no empty list.
    .$if(!webhook.accounts.includes('*'), (query) => query.where('account', 'in', ['', ...webhook.accounts]))
    .orderBy('position')
    .limit(limit)
    .execute();
  await insertDeliveries(session, webhook, events, () => now);
  const position = events.length < limit ? end : (events.at(-1)?.position ?? after);
  return { position, more: position < end };
}

/** Makes the missing deliveries of a migration's events before the migration and its events are deleted. */
export async function fanOutLast(session: Session, migrationId: string): Promise<void> {
  const { db, dialect, unreadable } = session;
  const rows = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('enabled', '=', 1)
    .orderBy('id')
    // No event may be deleted before its deliveries exist, so a concurrent fan-out must end first.
    .$if(dialect.rowLocks, (query) => query.forKeyShare())
    .execute();
  if (rows.length === 0) return;
  const events = await db
    .selectFrom('events')
    .selectAll()
    .where('migration_id', '=', migrationId)
    .where('position', '>', Math.min(...rows.map(({ position }) => position)))
    .orderBy('position')
    .execute();
  for (const { webhook, after } of unreadable.readable(rows, (row) => ({
    webhook: readWebhook(row),
    after: row.position,
  }))) {
    const ahead = events.filter(({ position }) => position > after);
    await insertDeliveries(session, webhook, ahead, ({ at }) => at);
  }
}

async function insertDeliveries(
  { db, unreadable }: Session,
  webhook: Webhook,
  events: readonly StoredEvent[],
  dueAt: (event: StoredEvent) => Instant,
): Promise<void> {
  const deliveries = events
    .filter((event) => wants(webhook, event))
    .map((event) => ({
      webhook_id: webhook.id,
      event_position: event.position,
      account: event.account,
      event: JSON.stringify(unreadable.read(() => readEvent(event)) ?? eventWithoutData(event)),
      state: 'pending',
      attempts: 0,
      due_at: dueAt(event),
      created_at: dueAt(event),
    }));
  for (const batch of batches(deliveries))
    await db
      .insertInto('deliveries')
      .values(batch)
      // The delivery may exist already: made from the log, or before the deletion of the migration.
      .onConflict((conflict) => conflict.columns(['webhook_id', 'event_position']).doNothing())
      .execute();
}

function wants({ accounts, eventTypes }: Webhook, { account, type }: StoredEvent): boolean {
  return (
    accounts.some((each) => each === '*' || each === account) &&
    (eventTypes.length === 0 || eventTypes.some((each) => each === type))
  );
}
