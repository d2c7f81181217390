import type { Migration, Refs } from '../domain/migration.ts';
import { fullBackup } from '../domain/migration.ts';
import type { Provider } from '../domain/provider.ts';
import type { Account, VendorRequest } from '../domain/vendor.ts';
import type { PlannedCall } from './interface.ts';

/** The calls of a submission in order. Ids that the vendor assigns later appear as `{name}`. */
export function plannedCalls(migration: Migration, provider: Provider, account: Account): readonly PlannedCall[] {
  const planned: Migration = {
    ...migration,
    providerRefs: placeholders,
    backups: migration.backups.map((backup) => ({ ...backup, providerRefs: placeholders })),
  };
  const backup = fullBackup(planned);
  return provider
    .plan('restore', planned, backup)
    .map((call) =>
      describe(
        call.build({ account, migration: planned, backup, open: (url) => url.display }),
        provider,
        account,
        migration.region,
      ),
    );
}

const placeholders: Refs = new Proxy(
  {},
  { get: (_, name) => (typeof name === 'string' ? `{${name}}` : undefined), has: () => true },
);

function describe(request: VendorRequest, provider: Provider, account: Account, region: string): PlannedCall {
  const endpoint = account.endpoints[request.service] ?? provider.endpoint(request.service, region, account);
  return {
    operation: request.operation,
    method: request.method,
    url: `${endpoint}${request.path}`,
    parameters: request.body ?? Object.fromEntries(request.query),
  };
}
