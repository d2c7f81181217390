import type { CloudAccount, Migration } from '../domain/migration.ts';
import type { ProviderRegistry } from '../domain/provider.ts';
import { rememberedText } from '../domain/remembered.ts';
import type { Account, VendorClient } from '../domain/vendor.ts';

/** What the comparison of cloud accounts depends on. */
interface Clouds {
  readonly providers: ProviderRegistry;
  readonly client: VendorClient;
}

const originOf = rememberedText((url) => new URL(url).origin);

/** The cloud account behind a configured account, as far as it is known without a call. */
export function cloudOf({ providers, client }: Clouds, account: Account, region: string): CloudAccount {
  const provider = providers.of(account.provider);
  const url = account.endpoints[provider.restoreService] ?? provider.endpoint(provider.restoreService, region, account);
  return { endpoint: originOf(url), id: client.cloudId(account, region) };
}

/**
 * Why the configured account is not the cloud account of a migration, as a predicate to follow the account's name; null: no difference is
 * known. Every migration belongs to one cloud account, and nothing may be probed or sent under another one.
 */
export function accountMismatch(context: Clouds, migration: Migration, account: Account): string | null {
  if (account.provider !== migration.provider) return `now belongs to \`${account.provider}\``;
  const { cloud } = migration;
  if (cloud === undefined) return null;
  const present = cloudOf(context, account, migration.region);
  if (present.endpoint !== cloud.endpoint)
    return `now has another endpoint (${present.endpoint}, not ${cloud.endpoint})`;
  if (present.id !== null && cloud.id !== null && present.id !== cloud.id)
    return `now belongs to another account or project of the vendor (${present.id}, not ${cloud.id})`;
  return null;
}

/** The cloud account to store with a migration whose call is sent now. */
export function cloudAtSending(context: Clouds, migration: Migration, account: Account): CloudAccount {
  const present = cloudOf(context, account, migration.region);
  return migration.cloud === undefined ? present : { ...migration.cloud, id: migration.cloud.id ?? present.id };
}
