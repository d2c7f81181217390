import type { ProviderId } from '../../domain/vocabulary.ts';

export interface ConfiguredAccountName {
  readonly provider: ProviderId;
  readonly account: string;
  /** Whether credentials of its provider may open sessions, so that logins can be counted. */
  readonly opensSessions: boolean;
}

/** The accounts that may appear in labels. They change when the configuration does. */
export interface ConfiguredAccounts {
  readonly all: readonly ConfiguredAccountName[];
  /** Calls `begin` for each account, now and when another one comes: a series that is there from the start lets an alert see its first increase. */
  each(begin: (account: ConfiguredAccountName) => void): void;
  replace(all: readonly ConfiguredAccountName[]): void;
  /** The name where it is configured, else `other`: stored migrations may name accounts that are gone. */
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
