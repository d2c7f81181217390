/** Accounts that a caller may use; `*` stands for all. */
export interface Grants {
  readonly accounts: readonly string[];
}

/** Whether there is a grant for the account; `*` means all accounts. */
export function hasGrant({ accounts }: Grants, account: string): boolean {
  return accounts.includes('*') || accounts.includes(account);
}

/** The visible accounts as a filter of the stores; undefined: all. */
export function visibleAccounts({ accounts }: Grants): { readonly visibleAccounts?: readonly string[] } {
  return accounts.includes('*') ? {} : { visibleAccounts: accounts };
}
