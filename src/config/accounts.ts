import { accountCredentials } from './account-credentials.ts';
import type { ConfiguredAccount } from './config.ts';
import type { AccountEntry } from './schema.ts';
import type { Environment } from './values.ts';

/** Default limits per second. Writes as the vendors' own limits suggest; reads well below them. */
const defaultLimits = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 10, writesPerSecond: 20 },
} as const;

/** An account as the rest of Godwit knows it. Throws for credentials that do not make a whole. */
export function configuredAccount(entry: AccountEntry, environment: Environment): ConfiguredAccount {
  const credentials = accountCredentials(entry, environment);
  const common = {
    name: entry.name,
    region: entry.region,
    endpoints: withoutTrailingSlashes(entry.endpoints ?? {}),
    limits: { ...defaultLimits[entry.provider], ...entry.limits },
    checkBackups: entry.checkBackups ?? 'auto',
  };
  switch (entry.provider) {
    case 'alibaba': {
      const { signature = 'rpc', chainBase = 'updf', storageSignature = 'v4' } = entry;
      return { account: { ...common, provider: 'alibaba', signature, chainBase, storageSignature }, credentials };
    }
    case 'tencent':
      return { account: { ...common, provider: 'tencent', timeZone: entry.timeZone ?? '+08:00' }, credentials };
    case 'huawei':
      return { account: { ...common, provider: 'huawei', projectId: entry.projectId ?? null }, credentials };
  }
}

function withoutTrailingSlashes(endpoints: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(endpoints).flatMap(([service, url]) =>
      url === undefined ? [] : [[service, url.replace(/\/+$/, '')]],
    ),
  );
}
