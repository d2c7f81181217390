import type { EventType } from '../../domain/vocabulary.ts';

/** What an event of each type says, and what its data looks like. A new type has to be entered here. */
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
    says: 'What was begun outside Godwit is followed from now on.',
    data: { providerStatus: 'Running', providerRefs: 'migrateTaskId 564563256', backups: 1 },
  },
  'migration.state_changed': {
    says: 'The state of a migration has changed. `error` has the code where it has failed.',
    data: { from: 'pending', to: 'restoring', error: null },
  },
  'migration.blocked': {
    says: 'Something else than before keeps a migration from moving; the vendor’s words where it spoke.',
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
    says: 'A backup that was not restored was taken out of the chain.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', type: 'log', state: 'queued' },
  },
  'feed.file_taken': {
    says: 'A file of the watched folder was taken into the chain.',
    data: { backupId: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w', key: 'prod/orders/orders_20261128_0100.trn' },
  },
  'feed.file_refused': {
    says: 'A file of the watched folder cannot be restored here; the feed says why.',
    data: { key: 'prod/orders/readme.txt' },
  },
  'feed.gap_found': {
    says: 'Between two files of the watched folder one is missing.',
    data: { after: 'prod/orders/orders_0100.trn', before: 'prod/orders/orders_0300.trn' },
  },
  'feed.gap_closed': {
    says: 'The missing file has come.',
    data: { after: 'prod/orders/orders_0100.trn', before: 'prod/orders/orders_0300.trn' },
  },
  'call.sent': {
    says: 'A changing call is sent to the vendor.',
    data: {
      ...{ number: 1, operation: 'CreateMigrateTask', attempt: 1, state: 'sending' },
      ...{ error: null, providerCode: null, providerMessage: null, requestId: null },
    },
  },
  'call.settled': {
    says: 'What became of a changing call is known, or is not known for now (`state`).',
    data: {
      ...{ number: 1, operation: 'CreateMigrateTask', attempt: 1, state: 'accepted' },
      ...{ error: null, providerCode: null, providerMessage: null },
      requestId: '5F7A4C1E-9C1A-4C11-8A0B-2D1B5C6E7F80',
    },
  },
};

const id = 'evt_0000000001k3m8e9v6x2c4n7p5';
const migrationId = 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w';
const time = '2026-11-28T03:00:00.000Z';

/** A CloudEvent of each type, as a receiver gets it. */
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
