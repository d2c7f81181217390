import type { Account } from '../domain/vendor.ts';

/**
 * Applies changed accounts at run time. `next`: all configured accounts. `changed`: names of new, different and removed ones. `forget` drops
 * what is cached for each earlier account.
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
