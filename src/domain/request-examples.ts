export interface Example {
  readonly summary: string;
  readonly description?: string;
  readonly value: unknown;
}
/** Examples by name. */
export type Examples = Readonly<Record<string, Example>>;

/** The account that an example uses. */
/** An example in the form of an OpenAPI Example Object. */
export interface ExampleAccount {
  readonly name: string;
  readonly region: string;
}

/** Examples of one cloud. Those of a creation work in the sandbox without changes, any number of times. */
export interface ProviderExamples {
  /** The region of the sandbox's account of this cloud. */
  readonly sandboxRegion: string;
  /** Bodies of a creation. `account`: null to omit it, which works if exactly one account of the provider is configured. */
  readonly createMigration: (account: ExampleAccount | null) => Examples;
  /** Bodies of an inspection. `account`: as for `createMigration`. */
  readonly inspectBackups: (account: ExampleAccount | null) => Examples;
  readonly addBackup: Examples;
  readonly retryMigration: Examples;
}

/** The members of a request that name the account; empty for null. */
export function placeOf(account: ExampleAccount | null): { readonly account?: string; readonly region?: string } {
  return account === null ? {} : { account: account.name, region: account.region };
}
