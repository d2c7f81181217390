import { activeBackup, finalBackup, isTerminal, nextQueuedBackup, unsettledCall } from './lifecycle.ts';
import type { Migration } from './migration.ts';

/**
 * What a due migration needs first: a changing call (`send`), a probe for an in-doubt call (`reconcile`), or an observation (`observe`). It
 * only determines which capacity and which part of a rate limit the migration waits for.
 */
const dueWorks = ['send', 'reconcile', 'observe'] as const;
export type DueWork = (typeof dueWorks)[number];

/**
 * The first need of a migration, as far as it is known without its provider. `decide` is authoritative: if the two differ, the migration has
 * only waited for another capacity.
 */
export function dueWorkOf(migration: Migration): DueWork {
  if (unsettledCall(migration) !== undefined) return 'reconcile';
  if (isTerminal(migration) || migration.state === 'pending') return 'send';
  if (migration.cancelRequested) return migration.state === 'cancelling' ? 'observe' : 'send';
  const active = activeBackup(migration);
  if (active !== undefined) return active.state === 'submitting' ? 'send' : 'observe';
  if (migration.state !== 'awaiting_backup' || migration.heldByVendor === true) return 'observe';
  const opens = migration.cutoverRequested || finalBackup(migration) !== undefined;
  return opens || nextQueuedBackup(migration) !== undefined ? 'send' : 'observe';
}
