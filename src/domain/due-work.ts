import { activeBackup, finalBackup, isTerminal, nextQueuedBackup, unsettledCall } from './lifecycle.ts';
import type { Migration } from './migration.ts';

/**
 * What a due migration needs first: a changing call (`send`), reads that settle a call in doubt (`reconcile`), or a look at what runs
 * (`observe`). It decides which places and which part of a limit it waits for, and nothing else.
 */
const dueWorks = ['send', 'reconcile', 'observe'] as const;
export type DueWork = (typeof dueWorks)[number];

/**
 * What a migration needs first, as far as it is known without its provider. `decide` is authoritative: where the two differ, the
 * migration has waited for another kind of place, and no harm is done.
 */
export function dueWorkOf(migration: Migration): DueWork {
  if (unsettledCall(migration) !== undefined) return 'reconcile';
  if (isTerminal(migration) || migration.state === 'pending') return 'send';
  if (migration.cancelRequested) return migration.state === 'cancelling' ? 'observe' : 'send';
  const active = activeBackup(migration);
  if (active !== undefined) return active.state === 'submitting' ? 'send' : 'observe';
  if (migration.state !== 'awaiting_backup') return 'observe';
  const opens = migration.cutoverRequested || finalBackup(migration) !== undefined;
  return opens || nextQueuedBackup(migration) !== undefined ? 'send' : 'observe';
}
