import type { ProviderId } from '../../domain/vocabulary.ts';

export interface ConfiguredAccountName {
  readonly provider: ProviderId;
  readonly account: string;
  /** Whether credentials of its provider may open sessions, so that logins can be counted. */
  readonly opensSessions: boolean;
}

/** The accounts that may appear in labels. */
export interface ConfiguredAccounts {
  readonly all: readonly ConfiguredAccountName[];
  /** The name where it is configured, else `other`: stored migrations may name accounts that are gone. */
  label(account: string): string;
}

export function configuredAccounts(all: ConfiguredAccounts['all']): ConfiguredAccounts {
  const names = new Set(all.map(({ account }) => account));
  return { all, label: (account) => (names.has(account) ? account : 'other') };
}
