import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../src/domain/event.ts';
import { eventsBetween } from '../../src/domain/event.ts';
import { eventTypes } from '../../src/domain/vocabulary.ts';
import { eventCatalogue, eventExamples } from '../../src/http/schemas/event-examples.ts';
import { cloudEvent } from '../../src/webhooks/cloud-event.ts';
import { sampleBackup, sampleCall, sampleMigration } from '../support/samples.ts';

const names = (value: object): readonly string[] => Object.keys(value).sort();

describe('the example of an event', () => {
  it('exists for each event type', () => expect(names(eventExamples)).toEqual([...eventTypes].sort()));

  it.each(eventTypes)('%s has the members that a receiver gets', (type) => {
    const { id, migrationId, account, data } = eventExamples[type]?.value.data ?? expect.fail(type);
    const event: MigrationEvent = { id, migrationId, account, type, data, at: Date.parse('2026-11-28T03:00:00Z') };
    expect(JSON.parse(cloudEvent(event))).toEqual(eventExamples[type]?.value);
  });

  it('has the data that events of its type carry', () => {
    const backup = sampleBackup({ state: 'queued' });
    const before = sampleMigration({ backups: [backup], calls: [sampleCall({ number: 1, state: 'sending' })] });
    const restoring = { ...backup, state: 'restoring' as const };
    const calls = [sampleCall({ number: 1, state: 'accepted' })];
    const after = { ...before, state: 'restoring' as const, backups: [restoring], calls };
    const events = [...eventsBetween(null, before), ...eventsBetween(before, after)];
    const seen = new Set(events.map(({ type }) => type));
    expect([...seen].sort()).toEqual([
      ...['backup.added', 'backup.state_changed', 'call.sent', 'call.settled'],
      ...['migration.created', 'migration.state_changed'],
    ]);
    for (const { type, data } of events) expect([type, names(data)]).toEqual([type, names(eventCatalogue[type].data)]);
  });
});
