import type { AuditFilter, AuditLog, NewAuditRecord } from '../domain/audit.ts';
import type { Migration } from '../domain/migration.ts';
import type {
  ChangeListener,
  IdempotencyKey,
  LeaseRequest,
  MigrationFilter,
  PageRequest,
  Store,
  StoredAnswer,
  UpdateOptions,
} from '../domain/store.ts';
import { appendAudit, listAudit, placeOf } from './audit.ts';
import { claimDue, earliestDue } from './claim.ts';
import { createMigration } from './create.ts';
import { answerKey, expireKeys, findKey } from './idempotency.ts';
import { holderOfTarget } from './instance.ts';
import { findLatestEvent, findMigration, findVendorIds, listEvents, listMigrations } from './queries.ts';
import type { Backend } from './session.ts';
import { countMigrations } from './statistics.ts';
import { removeMigration, updateMigration } from './update.ts';

/** The store over an open database, whichever of the two it is. */
export class SqlStore implements Store, AuditLog {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  create(migration: Migration, lease: LeaseRequest, idempotency?: IdempotencyKey) {
    return this.#backend.write((session) => createMigration(session, migration, lease, idempotency));
  }

  get(id: string) {
    return this.#backend.read((db) => findMigration(db, id));
  }

  list(filter: MigrationFilter, page: PageRequest) {
    return this.#backend.read((db) => listMigrations(db, filter, page));
  }

  update(id: string, change: (current: Migration) => Migration | null, options: UpdateOptions = {}) {
    return this.#backend.write((session) => updateMigration(session, id, change, options));
  }

  remove(id: string, check: (current: Migration) => void = () => undefined) {
    return this.#backend.write((session) => removeMigration(session, id, check));
  }

  claim(lease: LeaseRequest, limit: number) {
    return this.#backend.write((session) => claimDue(session, lease, limit));
  }

  nextDue(now: number) {
    return this.#backend.read((db) => earliestDue(db, this.#backend.dialect, now));
  }

  statistics() {
    return this.#backend.read((db) => countMigrations(db));
  }

  vendorIds(account: string, instanceId: string, exceptMigration: string) {
    return this.#backend.read((db) => findVendorIds(db, account, instanceId, exceptMigration));
  }

  targetHolder(migration: Migration) {
    return this.#backend.read((db) => holderOfTarget(db, migration));
  }

  findIdempotencyKey(caller: string, key: string) {
    return this.#backend.read((db) => findKey(db, caller, key));
  }

  completeIdempotencyKey(caller: string, key: string, answer: StoredAnswer) {
    return this.#backend.write((session) => answerKey(session, caller, key, answer));
  }

  expireIdempotencyKeys(before: number) {
    return this.#backend.write((session) => expireKeys(session.db, before));
  }

  events(
    filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ) {
    return this.#backend.read((db) => listEvents(db, filter, page));
  }

  latestEvent() {
    return this.#backend.read(findLatestEvent);
  }

  appendAudit(record: NewAuditRecord) {
    return this.#backend.write((session) => appendAudit(session.db, record));
  }

  listAudit(filter: AuditFilter, page: { readonly size: number; readonly after?: string }) {
    return this.#backend.read((db) => listAudit(db, filter, page));
  }

  clockOffset() {
    return this.#backend.clockOffset();
  }

  placeOf(migrationId: string) {
    return this.#backend.read((db) => placeOf(db, migrationId));
  }

  onChange(listener: ChangeListener) {
    return this.#backend.onChange(listener);
  }

  check() {
    return this.#backend.check();
  }

  close() {
    return this.#backend.close();
  }
}
