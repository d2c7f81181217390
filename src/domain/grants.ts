/** Accounts that a caller may use; `*` stands for all. */
export interface Grants {
  readonly accounts: readonly string[];
}

/** Whether there is a grant for the account; `*` asks for all of them. */
export function hasGrant({ accounts }: Grants, account: string): boolean {
  return accounts.includes('*') || accounts.includes(account);
}

/** What a list or a stream may show, as the filters of the stores say it: everything where nothing is said. */
export function visibleAccounts({ accounts }: Grants): { readonly visibleAccounts?: readonly string[] } {
  return accounts.includes('*') ? {} : { visibleAccounts: accounts };
}
