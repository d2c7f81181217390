import type { Instant, Migration } from './migration.ts';
import type { EventType } from './vocabulary.ts';

/** A fact about one migration, appended in the transaction that made it true. `data` never holds a secret. */
export interface MigrationEvent {
  readonly id: string;
  readonly migrationId: string;
  readonly account: string;
  readonly type: EventType;
  readonly at: Instant;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** An event before the store has given it an id. */
export type NewEvent = Omit<MigrationEvent, 'id'>;

/** The events that a change of the aggregate is. Pure; the store calls it in every write, so no change goes untold. */
export function eventsBetween(before: Migration | null, after: Migration): readonly NewEvent[] {
  const events: NewEvent[] = [];
  const tell = (type: EventType, data: NewEvent['data']) =>
    events.push({ migrationId: after.id, account: after.account, type, at: after.updatedAt, data });

  if (before === null) tell('migration.created', { state: after.state, mode: after.mode, caller: after.caller });
  for (const backup of after.backups) {
    const earlier = before?.backups.find((each) => each.id === backup.id);
    if (earlier === undefined) tell('backup.added', { backupId: backup.id, type: backup.type, final: backup.final });
    else if (earlier.state !== backup.state)
      tell('backup.state_changed', {
        backupId: backup.id,
        from: earlier.state,
        to: backup.state,
        error: backup.error?.code ?? null,
      });
  }
  for (const backup of before?.backups ?? [])
    if (!after.backups.some((each) => each.id === backup.id))
      tell('backup.removed', { backupId: backup.id, type: backup.type, state: backup.state });
  for (const call of after.calls) {
    const earlier = before?.calls.find((each) => each.number === call.number);
    if (earlier?.state === call.state) continue;
    const data = { number: call.number, operation: call.operation, attempt: call.attempt, state: call.state };
    tell(call.state === 'sending' ? 'call.sent' : 'call.settled', {
      ...data,
      error: call.error?.code ?? null,
      providerCode: call.error?.provider?.code ?? null,
      providerMessage: call.error?.provider?.message ?? null,
      requestId: call.requestId ?? call.error?.provider?.requestId ?? null,
    });
  }
  if (before !== null && before.state !== after.state)
    tell('migration.state_changed', { from: before.state, to: after.state, error: after.error?.code ?? null });
  const reason = after.blocking[0];
  if (reason !== undefined && before?.blocking[0]?.code !== reason.code)
    tell('migration.blocked', {
      reason: reason.code,
      providerCode: reason.provider?.code ?? null,
      providerMessage: reason.provider?.message ?? null,
      requestId: reason.provider?.requestId ?? null,
    });
  return events;
}
