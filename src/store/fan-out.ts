import type { Instant } from '../domain/migration.ts';
import { latestPosition } from './queries.ts';
import { batches, readEvent } from './rows.ts';
import type { Backend, Session } from './session.ts';
import { readWebhook } from './webhooks.ts';

/** `WebhookStore.fanOut`: one look for all webhooks, and one transaction for each that is behind the event log. */
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

/** Answers whether the log goes on after what was read. A webhook that another process has in hand is left to it. */
async function fanOutTo({ db, dialect }: Session, id: string, now: Instant, limit: number): Promise<boolean> {
  const row = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id)
    .where('enabled', '=', 1)
    .$if(dialect.rowLocks, (query) => query.forUpdate().skipLocked())
    .executeTakeFirst();
  if (row === undefined) return false;
  const { accounts, eventTypes } = readWebhook(row);
  // Asked first: what is appended between the two statements stands after it, and is for the next time.
  const end = Math.max(row.position, await latestPosition(db));
  const events = await db
    .selectFrom('events')
    .selectAll()
    .where('position', '>', row.position)
    .where('position', '<=', end)
    // With a name that no account has: a list may not be empty.
    .$if(!accounts.includes('*'), (query) => query.where('account', 'in', ['', ...accounts]))
    .orderBy('position')
    .limit(limit)
    .execute();
  const wanted = events.filter(({ type }) => eventTypes.length === 0 || eventTypes.some((each) => each === type));
  const deliveries = wanted.map((event) => ({
    webhook_id: id,
    event_position: event.position,
    event: JSON.stringify(readEvent(event)),
    state: 'pending',
    attempts: 0,
    due_at: now,
    created_at: now,
  }));
  for (const batch of batches(deliveries)) await db.insertInto('deliveries').values(batch).execute();
  const position = events.length < limit ? end : (events.at(-1)?.position ?? row.position);
  await db.updateTable('webhooks').set({ position }).where('id', '=', id).execute();
  return position < end;
}
