export interface Example {
  readonly summary: string;
  readonly description?: string;
  readonly value: unknown;
}
export type Examples = Readonly<Record<string, Example>>;

/** The account that an example names. */
export interface ExampleAccount {
  readonly name: string;
  readonly region: string;
}

/** Examples of one cloud. Those of a creation work as they stand in the sandbox, any number of times. */
export interface ProviderExamples {
  /** The region of the sandbox's account of this cloud. */
  readonly sandboxRegion: string;
  /** For `account`; null: the account is left out, which works where exactly one of the provider is configured. */
  readonly createMigration: (account: ExampleAccount | null) => Examples;
  /** For `account`, as above. */
  readonly inspectBackups: (account: ExampleAccount | null) => Examples;
  readonly addBackup: Examples;
  readonly retryMigration: Examples;
}

/** The members of a request that name the account; none where there is no account to name. */
export function placeOf(account: ExampleAccount | null): { readonly account?: string; readonly region?: string } {
  return account === null ? {} : { account: account.name, region: account.region };
}
