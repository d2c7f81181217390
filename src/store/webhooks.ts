import type { Kysely } from 'kysely';
import type { AuditEntry } from '../domain/audit.ts';
import type { IdempotencyKey } from '../domain/store.ts';

import type { Webhook, WebhookCreation, WebhookLimits } from '../domain/webhook.ts';
import { writeAudit } from './audit.ts';

import { catchUp } from './fan-out.ts';
import { findKeyIn, storeKey } from './idempotency.ts';
import { latestPosition } from './queries.ts';
import { batches } from './rows.ts';
import { asCaller, type Session } from './session.ts';
import type { Tables, WebhooksTable } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';
import { readWebhook, webhookColumns } from './webhook-row.ts';

/** Number of events read at a time when a change must first catch up with the log. */
const catchUpBatch = 500;

/** `WebhookStore.createWebhook` inside its transaction. All checks precede the first write, so a refusal needs no rollback. */
export async function createWebhook(
  session: Session,
  webhook: Webhook,
  most: number | WebhookLimits,
  key: IdempotencyKey | undefined,
  audit: AuditEntry | undefined,
): Promise<WebhookCreation> {
  const { db, dialect } = session;
  dialect.lockWebhooks(session);
  if (key !== undefined) {
    // Checked before the limit, because a repeated request may itself have created the last webhook.
    const record = await findKeyIn(session, key);
    if (record !== null) return { outcome: 'key_exists', record };
  }
  if (await tooMany(session, webhook, most)) return { outcome: 'too_many' };
  if (key !== undefined) storeKey(session, key, { type: 'webhook', id: webhook.id }, webhook.createdAt);
  const position = await latestPosition(db);
  await db
    .insertInto('webhooks')
    .values({ id: webhook.id, ...webhookColumns(webhook), position })
    .execute();
  await insertAccounts(db, webhook);
  writeAuditOfWebhook(session, audit, webhook);
  return { outcome: 'created' };
}

async function tooMany(
  { db, unreadable }: Session,
  { caller }: Webhook,
  most: number | WebhookLimits,
): Promise<boolean> {
  const { inAll, perCaller } = typeof most === 'number' ? { inAll: most, perCaller: most } : most;
  if ((await countWebhooks(db)) >= inAll) return true;
  if (perCaller >= inAll) return false;
  const all = unreadable.readable(await db.selectFrom('webhooks').selectAll().execute(), readWebhook);
  return all.filter((each) => each.caller === caller).length >= perCaller;
}

/** `WebhookStore.getWebhook`. */
export async function findWebhook(db: Kysely<Tables>, id: string): Promise<Webhook | null> {
  const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : readWebhook(row);
}

/** `WebhookStore.listWebhooks`. A webhook of `*` is shown only to callers who see all accounts. */
export async function listWebhooks(
  db: Kysely<Tables>,
  unreadable: UnreadableRecords,
  filter: { readonly visibleAccounts?: readonly string[] },
  page: { readonly size: number; readonly after?: string },
): Promise<readonly Webhook[]> {
  const visible = filter.visibleAccounts?.filter((account) => account !== '*');
  if (visible?.length === 0) return [];
  let query = db.selectFrom('webhooks').selectAll().orderBy('id').limit(page.size);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  if (visible !== undefined)
    query = query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webhook_accounts')
            .select('account')
            .whereRef('webhook_id', '=', 'webhooks.id')
            .where('account', 'not in', visible),
        ),
      ),
    );
  return unreadable.readable(await query.execute(), readWebhook);
}

/** `WebhookStore.updateWebhook` inside its transaction. */
export async function updateWebhook(
  session: Session,
  id: string,
  change: (current: Webhook) => Webhook | null,
  audit: AuditEntry | undefined,
): Promise<Webhook | null> {
  const { db } = session;
  const row = await selectForChange(session, id);
  if (row === undefined) return null;
  const before = readWebhook(row);
  const changed = applied(change, before);
  if (changed === null) return before;
  const after = { ...changed, version: before.version + 1 };
  const position = await placeInLog(session, row.position, before, after);
  await db
    .updateTable('webhooks')
    .set({ ...webhookColumns(after), position })
    .where('id', '=', id)
    .execute();
  if (JSON.stringify(before.accounts) !== JSON.stringify(after.accounts)) {
    await db.deleteFrom('webhook_accounts').where('webhook_id', '=', id).execute();
    await insertAccounts(db, after);
    await forgetOthers(db, after);
  }
  writeAuditOfWebhook(session, audit, after);
  return after;
}

/**
 * The new position in the event log. Events before the change are delivered by the earlier selection. Events while the webhook is disabled are
 * not delivered.
 */
async function placeInLog(session: Session, position: number, before: Webhook, after: Webhook): Promise<number> {
  if (!before.enabled) return after.enabled ? Math.max(position, await latestPosition(session.db)) : position;
  const told = ({ enabled, accounts, eventTypes }: Webhook): string => JSON.stringify([enabled, accounts, eventTypes]);
  if (told(before) === told(after)) return position;
  let reached = { position, more: true };
  while (reached.more) reached = await catchUp(session, before, reached.position, after.updatedAt, catchUpBatch);
  return reached.position;
}

/** Deletes deliveries of other accounts, which those who may see the webhook now may not be allowed to see. */
async function forgetOthers(db: Kysely<Tables>, { id, accounts }: Webhook): Promise<void> {
  if (accounts.includes('*')) return;
  await db
    .deleteFrom('deliveries')
    .where('webhook_id', '=', id)
    .where('account', 'not in', ['', ...accounts])
    .execute();
}

/** `WebhookStore.removeWebhook` inside its transaction. Its deliveries are deleted with its row. */
export async function removeWebhook(
  session: Session,
  id: string,
  check: (current: Webhook) => void,
  audit: AuditEntry | undefined,
): Promise<boolean> {
  const row = await selectForChange(session, id);
  if (row === undefined) return false;
  const webhook = readWebhook(row);
  asCaller(() => check(webhook));
  writeAuditOfWebhook(session, audit, webhook);
  await session.db.deleteFrom('webhooks').where('id', '=', id).execute();
  return true;
}

/** Writes the record of a change of a webhook, in its transaction. The record has an account only if the webhook has exactly one. */
function writeAuditOfWebhook(session: Session, entry: AuditEntry | undefined, { id, accounts }: Webhook): void {
  if (entry === undefined) return;
  const [account = null] = accounts.length === 1 ? accounts : [];
  writeAudit(session, { ...entry, webhookId: id, account });
}

async function countWebhooks(db: Kysely<Tables>): Promise<number> {
  const { webhooks } = await db
    .selectFrom('webhooks')
    .select(({ fn }) => fn.countAll<number>().as('webhooks'))
    .executeTakeFirstOrThrow();
  return webhooks;
}

async function insertAccounts(db: Kysely<Tables>, webhook: Webhook): Promise<void> {
  const rows = [...new Set(webhook.accounts)].map((account) => ({ webhook_id: webhook.id, account }));
  for (const batch of batches(rows)) await db.insertInto('webhook_accounts').values(batch).execute();
}

function selectForChange({ db, dialect }: Session, id: string): Promise<WebhooksTable | undefined> {
  return db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id)
    .$if(dialect.rowLocks, (query) => query.forUpdate())
    .executeTakeFirst();
}

function applied(change: (current: Webhook) => Webhook | null, before: Webhook): Webhook | null {
  return asCaller(() => {
    const after = change(before);
    if (after !== null && after.id !== before.id) throw new Error(`the id of ${before.id} cannot change`);
    return after;
  });
}
