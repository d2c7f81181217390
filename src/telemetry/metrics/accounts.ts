import type { ProviderId } from '../../domain/vocabulary.ts';

/** The names of an account that appear in labels. */
export interface ConfiguredAccountName {
  readonly provider: ProviderId;
  readonly account: string;
  /** Whether the provider's credentials may open sessions. Logins are counted only then. */
  readonly opensSessions: boolean;
}

/** The accounts that may appear in labels. They change with the configuration. */
export interface ConfiguredAccounts {
  readonly all: readonly ConfiguredAccountName[];
  /**
   * Calls `begin` for each current and future account. An alert can detect the first increase of a counter only if its series exists from
   * the start.
   */
  each(begin: (account: ConfiguredAccountName) => void): void;
  replace(all: readonly ConfiguredAccountName[]): void;
  /** The label of an account: its name if it is configured, otherwise `other`. Stored migrations may name removed accounts. */
  label(account: string): string;
}

/** Creates the set of accounts that may appear in labels. */
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
