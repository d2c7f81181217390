import type { EventType } from '../../domain/vocabulary.ts';

/** The meaning of each event type, with an example of its data. Source of docs/events.md. */
export const eventCatalogue: Readonly<
  Record<
    EventType,
    { readonly says: string; readonly data: Readonly<Record<string, string | number | boolean | null>> }
  >
> = {
  'migration.created': {
    says: 'A migration was accepted.',
    data: { state: 'pending', mode: 'full_log', caller: 'ci' },
  },
  'migration.adopted': {
    says: 'Godwit follows a restore that was started outside it.',
    data: { providerStatus: 'Running', providerRefs: 'migrateTaskId 564563256', backups: 1 },
  },
  'migration.state_changed': {
    says: 'The state of a migration has changed. `error` is the code of the failure.',
    data: { from: 'pending', to: 'restoring', error: null },
  },
  'migration.blocked': {
    says: 'A migration is blocked for a new reason. The event has the vendor’s own words, if the vendor gave any.',
    data: {
      reason: 'provider_throttled',
      providerCode: 'Throttling.User',
      providerMessage: 'Request was denied due to user flow control.',
      requestId: '5F7A4C1E-9C1A-4C11-8A0B-2D1B5C6E7F80',
    },
  },
  'backup.added': {
    says: 'A backup was queued.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', type: 'log', final: false },
  },
  'backup.state_changed': {
    says: 'The state of a backup has changed.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', from: 'restoring', to: 'restored', error: null },
  },
  'backup.removed': {
    says: 'A backup was taken out of the chain before it was restored.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', type: 'log', state: 'queued' },
  },
  'feed.file_taken': {
    says: 'A file of the watched folder was taken into the chain.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', key: 'prod/orders/orders_20261128_0100.trn' },
  },
  'feed.file_refused': {
    says: 'A file of the watched folder cannot be restored here. `GET /migrations/{id}/feed` says why.',
    data: { key: 'prod/orders/readme.txt' },
  },
  'feed.gap_found': {
    says: 'A file is missing between two files of the watched folder.',
    data: { after: 'prod/orders/orders_0100.trn', before: 'prod/orders/orders_0300.trn' },
  },
  'feed.gap_closed': {
    says: 'The missing file has arrived.',
    data: { after: 'prod/orders/orders_0100.trn', before: 'prod/orders/orders_0300.trn' },
  },
  'call.sent': {
    says: 'A call that changes something is sent to the vendor.',
    data: {
      ...{ number: 1, operation: 'CreateMigrateTask', attempt: 1, state: 'sending' },
      ...{ error: null, providerCode: null, providerMessage: null, requestId: null },
    },
  },
  'call.settled': {
    says: 'A call that changes something has ended. `state` is its outcome, which may be `unknown` for now.',
    data: {
      ...{ number: 1, operation: 'CreateMigrateTask', attempt: 1, state: 'accepted' },
      ...{ error: null, providerCode: null, providerMessage: null },
      requestId: '5F7A4C1E-9C1A-4C11-8A0B-2D1B5C6E7F80',
    },
  },
};

/** The meaning of each member of `data`, which is the same in every event type. */
export const eventMembers: Readonly<Record<string, string>> = {
  after: 'key of the file before the gap',
  attempt: 'how many times this call has been sent, from 1',
  backupId: 'id of the backup',
  backups: 'how many backups were found at the vendor',
  before: 'key of the file after the gap',
  caller: 'who created the migration, as the audit names it',
  error: 'code of the error; null: there is none',
  final: 'whether this backup ends the chain',
  from: 'state before the change',
  key: 'key of the file in its bucket',
  mode: 'mode of the migration',
  number: 'number of the call within the migration, from 1',
  operation: 'the vendor’s operation',
  providerCode: 'the vendor’s error code; null: it gave none',
  providerMessage: 'the vendor’s message, without secrets; null: it gave none',
  providerRefs: 'the vendor’s ids, as text',
  providerStatus: 'the vendor’s status, verbatim',
  reason: 'why the migration is blocked: a code of `blocking`',
  requestId: 'the vendor’s request id, which its support asks for; null: it gave none',
  state: 'state of the migration, of the backup or of the call that the event is about',
  to: 'state after the change',
  type: 'type of the backup',
};

const id = 'evt_0000000001k3m8e9v6x2c4n7p5';
const migrationId = 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w';
const time = '2026-11-28T03:00:00.000Z';

/** A CloudEvent of each type, as sent to webhook receivers. */
export const eventExamples = Object.fromEntries(
  Object.entries(eventCatalogue).map(([type, { says, data }]) => [
    type,
    {
      summary: says,
      value: {
        specversion: '1.0',
        id,
        source: `/migrations/${migrationId}`,
        type: `godwit.${type}`,
        subject: migrationId,
        time,
        datacontenttype: 'application/json',
        data: { id, migrationId, account: 'ali-main', type, at: time, data },
      },
    },
  ]),
);
