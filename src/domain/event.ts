import { isUnresolved } from './feed.ts';
import type { Instant, Migration } from './migration.ts';
import type { EventType } from './vocabulary.ts';

/** A fact about one migration. It is appended in the transaction that changes the migration. `data` never holds a secret. */
export interface MigrationEvent {
  readonly id: string;
  readonly migrationId: string;
  readonly account: string;
  readonly type: EventType;
  readonly at: Instant;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** An event before the store assigns its id. */
export type NewEvent = Omit<MigrationEvent, 'id'>;

/** The events of a change of the aggregate. `before`: null for a creation. Pure. The store calls it in every write. */
export function eventsBetween(before: Migration | null, after: Migration): readonly NewEvent[] {
  const events: NewEvent[] = [];
  const tell = (type: EventType, data: NewEvent['data']) =>
    events.push({ migrationId: after.id, account: after.account, type, at: after.updatedAt, data });

  if (before === null) tell('migration.created', { state: after.state, mode: after.mode, caller: after.caller });
  if (before === null && after.calls.some(({ adopted }) => adopted))
    tell('migration.adopted', {
      providerStatus: after.providerStatus,
      providerRefs: Object.entries(after.providerRefs)
        .map(([name, id]) => `${name} ${id}`)
        .join(', '),
      backups: after.backups.length,
    });
  for (const [index, backup] of after.backups.entries()) {
    // A chain can have thousands of backups, and usually one has changed.
    if (before?.backups[index] === backup) continue;
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
  for (const [index, backup] of (before?.backups ?? []).entries())
    if (after.backups[index]?.id !== backup.id && !after.backups.some((each) => each.id === backup.id))
      tell('backup.removed', { backupId: backup.id, type: backup.type, state: backup.state });
  for (const [index, call] of after.calls.entries()) {
    if (before?.calls[index] === call) continue;
    const earlier = before?.calls.find((each) => each.number === call.number);
    if (earlier?.state === call.state || call.adopted) continue;
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
  events.push(...feedEvents(before, after));
  return events;
}

/** The events of a change of the watched folder. */
function feedEvents(before: Migration | null, after: Migration): readonly NewEvent[] {
  const { feed } = after;
  if (feed === undefined) return [];
  const event = (type: EventType, data: NewEvent['data']): NewEvent => ({
    migrationId: after.id,
    account: after.account,
    type,
    at: after.updatedAt,
    data,
  });
  const taken = after.backups.filter((backup, index) => {
    if (before?.backups[index] === backup) return false;
    const earlier = before?.backups.find(({ id }) => id === backup.id);
    return !isUnresolved(backup) && backup.etag !== undefined && (earlier === undefined || isUnresolved(earlier));
  });
  const refused = feed.refused.filter((key) => !before?.feed?.refused.includes(key));
  const [old, now] = [before?.feed?.gap ?? null, feed.gap];
  const sameGap = old?.after === now?.after && old?.before === now?.before;
  return [
    ...taken.map(({ id, source }) =>
      event('feed.file_taken', {
        backupId: id,
        key: source.type === 'object_storage' ? (source.keys[0] ?? null) : null,
      }),
    ),
    ...refused.map((key) => event('feed.file_refused', { key })),
    ...(old !== null && !sameGap ? [event('feed.gap_closed', { after: old.after, before: old.before })] : []),
    ...(now !== null && !sameGap ? [event('feed.gap_found', { after: now.after, before: now.before })] : []),
  ];
}
