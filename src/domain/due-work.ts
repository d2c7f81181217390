import { activeBackup, finalBackup, isTerminal, nextQueuedBackup, unsettledCall } from './lifecycle.ts';
import type { Migration } from './migration.ts';

/**
 * The first need of a due migration: a changing call (`send`), a probe for a call in doubt (`reconcile`), or an observation (`observe`).
 * It only decides which places and which part of a limit the migration waits for.
 */
const dueWorks = ['send', 'reconcile', 'observe'] as const;
export type DueWork = (typeof dueWorks)[number];

/**
 * The first need of a migration, as far as it is known without its provider. `decide` is authoritative. If the two differ, the migration
 * has waited for another kind of place, which is harmless.
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
