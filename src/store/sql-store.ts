import type { AuditEntry, AuditFilter, AuditLog, NewAuditRecord } from '../domain/audit.ts';
import type { FeedStore, FolderDocument, ScanEnd, WatchedFolder } from '../domain/feed-store.ts';
import type { Migration } from '../domain/migration.ts';
import type { ReplicaTimes } from '../domain/replicas.ts';
import type { SlowDown } from '../domain/slow-downs.ts';
import {
  type ChangeListener,
  type ClaimRoom,
  type Fence,
  type HeldLease,
  type IdempotencyKey,
  type KeptMigration,
  type LeaseRequest,
  type MigrationFilter,
  type PageRequest,
  type RequestTrace,
  type Store,
  type StoredAnswer,
  UnreadableRecord,
  type UpdateOptions,
} from '../domain/store.ts';

import type { DeliveryState, SettledDelivery, Webhook, WebhookLimits, WebhookStore } from '../domain/webhook.ts';
import { listAudit, placeOf, writeAudit } from './audit.ts';

import { claimDue, earliestDue } from './claim.ts';
import { createMigration } from './create.ts';
import {
  claimDeliveries,
  forgetDeliveries,
  listDeliveries,
  redeliver,
  releaseDeliveries,
  settleDeliveries,
} from './deliveries.ts';
import { fanOut } from './fan-out.ts';
import {
  changeFolderDocuments,
  claimFolder,
  findFolder,
  finishFolder,
  folderDocuments,
  folderIdOf,
  forgetFolders,
  renewFolder,
  wakeFolder,
  watchersOf,
} from './feeds.ts';
import { answerKey, expireKeys, findKey, lockKey } from './idempotency.ts';
import { holderOfTarget } from './instance.ts';
import { KeptMigrations } from './kept-migrations.ts';
import { releaseLease, renewLeases } from './leases.ts';
import { listMigrations } from './migration-list.ts';
import { findLatestEvent, findMigration, hasPlace, listEvents } from './queries.ts';
import { forgetRemovedEvents } from './removed-events.ts';
import { beat, part } from './replicas.ts';
import { countSeals, findSealedOtherwise } from './seals.ts';
import type { Backend } from './session.ts';
import { countMigrations } from './statistics.ts';
import { removeMigration, updateMigration } from './update.ts';
import { findVendorIds, forgetVendorIds } from './vendor-ids.ts';
import { createWebhook, findWebhook, listWebhooks, removeWebhook, updateWebhook } from './webhooks.ts';

/** Tables whose unreadable rows are reported under the id of their migration. */
const migrationTables = new Set(['migrations', 'backups', 'calls']);

/** The store on an open database, SQLite or PostgreSQL. */
export class SqlStore implements Store, AuditLog, WebhookStore, FeedStore {
  readonly #backend: Backend;
  readonly #kept = new KeptMigrations();

  constructor(backend: Backend) {
    this.#backend = backend;
    // After a failover that lost commits, the same version can mean another state.
    backend.onOtherHistory(() => this.#kept.clear());
  }

  async create(migration: Migration, lease: LeaseRequest, idempotency?: IdempotencyKey, trace?: RequestTrace) {
    const result = await this.#backend.write((session) =>
      createMigration(session, migration, lease, idempotency, trace),
    );
    if (result.outcome === 'created') this.#kept.keep(migration);
    return result;
  }

  get(id: string) {
    return this.#noting(this.#backend.read((db) => findMigration(db, this.#kept, id)));
  }

  version(id: string) {
    return this.#backend.version(id);
  }

  list(filter: MigrationFilter, page: PageRequest): Promise<readonly Migration[]>;
  list<Kept extends KeptMigration>(
    filter: MigrationFilter,
    page: PageRequest,
    kept: (id: string, version: number) => Kept | undefined,
  ): Promise<readonly (Migration | Kept)[]>;
  list<Kept extends KeptMigration>(
    filter: MigrationFilter,
    page: PageRequest,
    kept: (id: string, version: number) => Kept | undefined = () => undefined,
  ) {
    const { dialect, unreadable } = this.#backend;
    return listMigrations((work) => this.#backend.read(work), dialect, unreadable, filter, page, kept);
  }

  update(id: string, change: (current: Migration) => Migration | null, options: UpdateOptions = {}) {
    return this.#noting(this.#updated(id, change, options));
  }

  remove(id: string, check: (current: Migration) => void = () => undefined, trace?: RequestTrace) {
    return this.#backend.write((session) => removeMigration(session, id, check, trace));
  }

  claim(lease: LeaseRequest, rooms: number | readonly ClaimRoom[]) {
    return this.#backend.write((session) => claimDue(session, this.#kept, lease, rooms));
  }

  renewLeases(lease: LeaseRequest, held: readonly HeldLease[]) {
    return this.#backend.write((session) => renewLeases(session, lease, held));
  }

  releaseLease(id: string, fence: Fence) {
    return this.#backend.write((session) => releaseLease(session, id, fence));
  }

  nextDue(now: number) {
    return this.#backend.read((db) => earliestDue(db, this.#backend.dialect, now));
  }

  statistics() {
    return this.#backend.read((db) => countMigrations(db));
  }

  vendorIds(migration: Pick<Migration, 'id' | 'provider' | 'account' | 'cloud' | 'target'>) {
    return this.#backend.read((db) => findVendorIds(db, migration));
  }

  forgetRemovedEvents(before: number, limit: number) {
    return this.#backend.write((session) => forgetRemovedEvents(session.db, before, limit));
  }

  forgetVendorIds(before: number, limit: number) {
    return this.#backend.write((session) => forgetVendorIds(session.db, before, limit));
  }

  targetHolder(migration: Migration) {
    return this.#backend.read((db) => holderOfTarget(db, migration));
  }

  findIdempotencyKey(caller: string, key: string) {
    return this.#backend.read((db) => findKey(db, this.#backend.dialect, caller, key));
  }

  completeIdempotencyKey(caller: string, key: string, answer: StoredAnswer) {
    return this.#backend.write(async (session) => answerKey(session, await lockKey(session, { caller, key }), answer));
  }

  expireIdempotencyKeys(before: number, limit: number) {
    return this.#backend.write((session) => expireKeys(session.db, before, limit));
  }

  events(
    filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ) {
    return this.#backend.read((db) => listEvents(db, this.#backend.dialect, this.#backend.unreadable, filter, page));
  }

  hasPlace(id: string) {
    return this.#backend.read((db) => hasPlace(db, id));
  }

  latestEvent() {
    return this.#backend.read(findLatestEvent);
  }

  appendAudit(record: NewAuditRecord) {
    return this.#backend.write(async (session) => writeAudit(session, record));
  }

  listAudit(filter: AuditFilter, page: { readonly size: number; readonly after?: string }) {
    return this.#backend.read((db) => listAudit(db, this.#backend.dialect, this.#backend.unreadable, filter, page));
  }

  receivesNotifications() {
    return this.#backend.receivesNotifications();
  }

  clockOffset() {
    return this.#backend.clockOffset();
  }

  placeOf(migrationId: string) {
    return this.#backend.read((db) => placeOf(db, migrationId));
  }

  createWebhook(webhook: Webhook, most: number | WebhookLimits, idempotency?: IdempotencyKey, audit?: AuditEntry) {
    return this.#backend.write((session) => createWebhook(session, webhook, most, idempotency, audit));
  }

  getWebhook(id: string) {
    return this.#noting(this.#backend.read((db) => findWebhook(db, id)));
  }

  listWebhooks(
    filter: { readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ) {
    return this.#backend.read((db) => listWebhooks(db, this.#backend.unreadable, filter, page));
  }

  updateWebhook(id: string, change: (current: Webhook) => Webhook | null, audit?: AuditEntry) {
    return this.#backend.write((session) => updateWebhook(session, id, change, audit));
  }

  removeWebhook(id: string, check: (current: Webhook) => void = () => undefined, audit?: AuditEntry) {
    return this.#backend.write((session) => removeWebhook(session, id, check, audit));
  }

  fanOut(now: number, limit: number) {
    return fanOut(this.#backend, now, limit);
  }

  claimDeliveries(now: number, leaseMs: number, limit: number, roomOf = (_webhook: Webhook): number => limit) {
    return this.#backend.write((session) => claimDeliveries(session, now, leaseMs, limit, roomOf));
  }

  settleDeliveries(settled: readonly SettledDelivery[]) {
    return this.#backend.write((session) => settleDeliveries(session.db, settled));
  }

  releaseDeliveries(ids: readonly string[]) {
    return this.#backend.write((session) => releaseDeliveries(session.db, ids));
  }

  listDeliveries(
    webhookId: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
  ) {
    return this.#backend.read((db) => listDeliveries(db, this.#backend.unreadable, webhookId, filter, page));
  }

  redeliver(webhookId: string, id: string, now: number, audit?: AuditEntry) {
    return this.#backend.write((session) => redeliver(session, webhookId, id, now, audit));
  }

  forgetDeliveries(before: number) {
    return this.#backend.write((session) => forgetDeliveries(session.db, before));
  }

  folderIdOf(migration: Migration) {
    return folderIdOf(migration);
  }

  claimFolder(owner: string, now: number, leaseMs: number) {
    return this.#backend.write((session) => claimFolder(session, owner, now, leaseMs));
  }

  finishFolder(claimed: WatchedFolder, owner: string, end: ScanEnd) {
    return this.#backend.write((session) => finishFolder(session.db, claimed, owner, end));
  }

  renewFolder(claimed: WatchedFolder, owner: string, lease: Parameters<FeedStore['renewFolder']>[2]) {
    return this.#backend.write((session) => renewFolder(session, claimed, owner, lease));
  }

  wakeFolder(id: string, now: number) {
    return this.#backend.write((session) => wakeFolder(session.db, id, now));
  }

  folder(id: string) {
    return this.#backend.read((db) => findFolder(db, id));
  }

  folderDocuments(id: string, after: string | null, limit: number) {
    return this.#backend.read((db) => folderDocuments(db, id, after, limit));
  }

  changeFolderDocuments(id: string, put: readonly FolderDocument[], removed: readonly string[]) {
    return this.#backend.write((session) => changeFolderDocuments(session, id, put, removed));
  }

  watchersOf(id: string) {
    return this.#backend.read((db) => watchersOf(db, id));
  }

  forgetFolders() {
    return this.#backend.write((session) => forgetFolders(session));
  }

  beat(id: string, now: number, times: ReplicaTimes, slowDowns: readonly SlowDown[]) {
    return this.#backend.write((session) => beat(session, id, now, times, slowDowns));
  }

  part(id: string, now: number, times: ReplicaTimes) {
    return this.#backend.write((session) => part(session, id, now, times));
  }

  onChange(listener: ChangeListener) {
    return this.#backend.onChange(listener);
  }

  check() {
    return this.#backend.check();
  }

  seals() {
    return this.#backend.read(countSeals);
  }

  sealedOtherwise(mark: string, limit: number, after: string) {
    return this.#backend.read((db) => findSealedOtherwise(db, mark, limit, after));
  }

  /** Unreadable records. It checks them again, so that repaired or deleted ones are no longer reported. */
  async unreadable() {
    const { unreadable } = this.#backend;
    for (const record of unreadable.found) {
      const { table, id } = record;
      const read = table === 'webhooks' ? this.getWebhook(id) : migrationTables.has(table) ? this.get(id) : null;
      await read?.then(
        () => unreadable.forget(record),
        (error: unknown) => {
          if (!(error instanceof UnreadableRecord)) throw error;
        },
      );
    }
    return unreadable.found;
  }

  close() {
    return this.#backend.close();
  }

  async #updated(id: string, change: (current: Migration) => Migration | null, options: UpdateOptions) {
    const result = await this.#backend.write((session) => updateMigration(session, this.#kept, id, change, options));
    if (result.outcome === 'updated') this.#kept.keep(result.migration);
    return result;
  }

  /** Reports a record that a method found unreadable. */
  async #noting<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof UnreadableRecord) this.#backend.unreadable.report(error);
      throw error;
    }
  }
}
