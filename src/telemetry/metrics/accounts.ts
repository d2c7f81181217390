import type { ProviderId } from '../../domain/vocabulary.ts';

/** The accounts that may appear in labels. */
export interface ConfiguredAccounts {
  readonly all: readonly { readonly provider: ProviderId; readonly account: string }[];
  /** The name where it is configured, else `other`: stored migrations may name accounts that are gone. */
  label(account: string): string;
}

export function configuredAccounts(all: ConfiguredAccounts['all']): ConfiguredAccounts {
  const names = new Set(all.map(({ account }) => account));
  return { all, label: (account) => (names.has(account) ? account : 'other') };
}
