import { systemRuntime } from '../../../src/runtime.ts';
import { createVendorClient } from '../../../src/transport/client.ts';
import { createCredentialVault } from '../../../src/transport/credentials/vault.ts';
import { createExchanges } from '../../../src/transport/exchange.ts';
import { createOutbound } from '../../../src/transport/outbound.ts';
import { checkedConfig } from '../../../test/support/configuration.ts';
import { providers } from '../../../test/support/providers.ts';
import { sampleBackup, sampleMigration } from '../../../test/support/samples.ts';
import { configuration, type Vendor } from '../../configuration.ts';
import type { Order, Restore } from '../sdk-clients.ts';

const perSecond = 100_000;
const unlimited = {
  readsPerSecond: perSecond,
  writesPerSecond: perSecond,
  operations: { CreateBackupMigration: perSecond, StartBackupMigration: perSecond },
};

/** The gateway's calls of one restore: built, signed, sent and read, without engine and store. */
export async function godwitRestore(stub: string, provider: Vendor): Promise<Restore> {
  const file = configuration({ storeUrl: 'sqlite::memory:', stub });
  const config = await checkedConfig(file, {}, false);
  const outbound = createOutbound(config);
  const vault = createCredentialVault({
    accounts: config.accounts,
    runtime: systemRuntime,
    outboundOf: outbound.of,
  });
  const client = createVendorClient({
    providers,
    exchangeOf: createExchanges(config.engine.callTimeoutMs, outbound.of).of,
    runtime: systemRuntime,
    credentialsOf: vault.credentialsOf,
  });
  // Without the engine the calls would exceed every configured limit.
  const accounts = config.accounts
    .filter(({ account }) => account.provider === provider)
    .map(({ account }) => ({ ...account, limits: unlimited }));
  let turn = 0;
  // The migration exists before the measurement, as in the gateway.
  const sample = sampleMigration({ provider });
  const sampleOf = sampleBackup({ final: false });
  return async ({ instanceId, database, bucket, key }: Order) => {
    const account = accounts[turn++ % accounts.length];
    if (account === undefined) throw new Error(`no account of ${provider}`);
    const { name, region } = account;
    const backup = { ...sampleOf, source: { type: 'object_storage', bucket, keys: [key] } as const };
    const databases = provider === 'alibaba' ? { databases: [{ name: database }] } : {};
    let migration = {
      ...sample,
      account: name,
      region,
      target: { instanceId, overwrite: false, ...databases },
      backups: [backup],
    };
    for (const call of providers.of(provider).plan('restore', migration, backup)) {
      const request = call.build({ account, migration, backup, open: ({ display }) => display });
      const refs = call.parse(await client.execute(account, account.region, request));
      migration = { ...migration, providerRefs: { ...migration.providerRefs, ...refs } };
    }
    return Object.values(migration.providerRefs)[0] ?? '';
  };
}
