import type { ProviderId } from '../../domain/vocabulary.ts';

export interface ConfiguredAccountName {
  readonly provider: ProviderId;
  readonly account: string;
  /** Whether the provider's credentials may open sessions, so that logins can be counted. */
  readonly opensSessions: boolean;
}

/** The accounts allowed in labels. They change with the configuration. */
export interface ConfiguredAccounts {
  readonly all: readonly ConfiguredAccountName[];
  /**
   * Calls `begin` for each current and future account, because a series must exist from the start for an alert to see its first increase.
   */
  each(begin: (account: ConfiguredAccountName) => void): void;
  replace(all: readonly ConfiguredAccountName[]): void;
  /** The name if it is configured, else `other`: stored migrations may name removed accounts. */
  label(account: string): string;
}

export function configuredAccounts(first: readonly ConfiguredAccountName[]): ConfiguredAccounts {
  let all = first;
  let names = new Set(all.map(({ account }) => account));
  const begins: ((account: ConfiguredAccountName) => void)[] = [];
  return {
    get all() {
      return all;
    },
    each(begin) {
      begins.push(begin);
      for (const account of all) begin(account);
    },
    replace(present) {
      const added = present.filter(({ account }) => !names.has(account));
      all = present;
      names = new Set(all.map(({ account }) => account));
      for (const account of added) for (const begin of begins) begin(account);
    },
    label: (account) => (names.has(account) ? account : 'other'),
  };
}
