/** Accounts that a caller may use; `*` means all. */
export interface Grants {
  readonly accounts: readonly string[];
}

/** Whether the caller may use the account. */
export function hasGrant({ accounts }: Grants, account: string): boolean {
  return accounts.includes('*') || accounts.includes(account);
}

/** The visible accounts as a filter for the stores; `visibleAccounts` is absent if all are visible. */
export function visibleAccounts({ accounts }: Grants): { readonly visibleAccounts?: readonly string[] } {
  return accounts.includes('*') ? {} : { visibleAccounts: accounts };
}
