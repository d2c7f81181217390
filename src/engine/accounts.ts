import type { Account } from '../domain/vendor.ts';

/**
 * Puts changed accounts in force while the process runs. `next`: all accounts as they are configured now; `changed`: the names of those that are new,
 * different or gone. What is known of each as it was before is forgotten.
 */
export function replaceAccounts(
  accounts: Map<string, Account>,
  next: readonly Account[],
  changed: readonly string[],
  forget: (former: Account) => void,
): void {
  const former = changed.flatMap((name) => accounts.get(name) ?? []);
  for (const name of changed) accounts.delete(name);
  for (const account of next) if (changed.includes(account.name)) accounts.set(account.name, account);
  for (const account of former) forget(account);
}
