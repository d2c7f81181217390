import type { Backup, Call, Migration } from '../domain/migration.ts';
import { backupStates, migrationStates } from '../domain/vocabulary.ts';

/** The fault in a stored migration that would break code that uses it, as a predicate; null: none. */
export function migrationFault(value: Readonly<Record<string, unknown>>, id: string): string | null {
  const { target, backups, calls } = value as Partial<Migration>;
  if (value.id !== id) return 'belongs to another id';
  if (typeof value.provider !== 'string' || value.provider === '') return 'has no provider';
  if (!includes(migrationStates, value.state)) return 'has an unknown state';
  if (typeof value.account !== 'string' || typeof value.region !== 'string') return 'has no account and region';
  if (typeof target?.instanceId !== 'string') return 'has no target';
  const objects = [value.labels, value.options, value.providerOptions, value.providerRefs];
  if (!objects.every(isObject)) return 'lacks a member';
  if (![value.blocking, value.warnings, backups, calls].every(Array.isArray)) return 'lacks a list';
  if (backups?.length === 0) return 'has no backup';
  if (!backups?.every(isBackup)) return 'has a malformed backup';
  return calls?.every(isCall) ? null : 'has a malformed call';
}

function isBackup(backup: Partial<Backup> | null): boolean {
  return (
    isObject(backup) &&
    typeof backup?.id === 'string' &&
    includes(backupStates, backup.state) &&
    isObject(backup.source) &&
    isObject(backup.providerRefs)
  );
}

function isCall(call: Partial<Call> | null): boolean {
  return (
    isObject(call) && typeof call?.number === 'number' && typeof call.operation === 'string' && isObject(call.refs)
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function includes(words: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && words.includes(value);
}
