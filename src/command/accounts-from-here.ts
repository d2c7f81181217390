import type { Config } from '../config/config.ts';
import { checkedConfig, loadConfig } from '../config/load.ts';
import { type Account, VendorError, type VendorFailure } from '../domain/vendor.ts';
import { providers } from '../registry.ts';
import { systemRuntime } from '../runtime.ts';
import { createVendorClient, type VendorTransport } from '../transport/client.ts';
import { createCredentialVault } from '../transport/credentials/vault.ts';
import { createExchanges } from '../transport/exchange.ts';
import { createOutbound } from '../transport/outbound.ts';
import type { Finding } from './account-finding.ts';
import { chosenAccounts, type Folder, folderOf } from './named.ts';
import { sandboxPortOf } from './sandbox-place.ts';
import type { Input } from './subcommand.ts';

/** Checks the accounts with calls from this machine, using the gateway's configuration. */
export async function findingsFromHere(input: Input): Promise<readonly Finding[]> {
  const bucket = input.value('bucket');
  const folder = bucket === undefined ? null : folderOf(bucket, '--bucket');
  const config = await configured(input);
  const accounts = chosenAccounts(
    config.accounts.map(({ account }) => account),
    input.operands,
  );
  const outbound = createOutbound(config);
  const vault = createCredentialVault({ accounts: config.accounts, runtime: systemRuntime, outboundOf: outbound.of });
  const exchanges = createExchanges(config.engine.callTimeoutMs, outbound.of);
  const { credentialsOf, credentialsEnded } = vault;
  const client = createVendorClient({
    providers,
    exchangeOf: exchanges.of,
    runtime: systemRuntime,
    credentialsOf,
    credentialsEnded,
  });
  try {
    const instanceId = input.value('instance') ?? null;
    const findings = await Promise.all(
      accounts.map(async (account) => {
        const restores = await askRestores(client, account, instanceId);
        return folder === null ? [restores] : [restores, await askBackups(client, account, folder)];
      }),
    );
    return findings.flat();
  } finally {
    client.drain();
    await exchanges.close();
    await outbound.close();
    await vault.close();
  }
}

/** Loads the gateway's configuration. Without a file it uses the accounts of a sandbox that a local gateway has started. */
async function configured({ environment }: Input): Promise<Config> {
  const config = await loadConfig(environment, providers);
  if (!config.sandbox) return config;
  const { sandboxAccounts } = await import('../sandbox/accounts.ts');
  const first = sandboxPortOf(config.listen.port) ?? 0;
  const at = (index: number) => ({ url: `http://127.0.0.1:${first + index}` });
  const accounts = sandboxAccounts({ alibaba: at(0), huawei: at(1), tencent: at(2) });
  return { ...config, accounts: (await checkedConfig({ accounts }, {}, true, providers)).accounts };
}

async function askRestores(client: VendorTransport, account: Account, instanceId: string | null): Promise<Finding> {
  const { tryAccount } = providers.of(account.provider);
  const now = systemRuntime.now() + client.clockOffset(account);
  return finding(client, account, 'restores', async () => {
    try {
      const fault = await client.converse(account, account.region, tryAccount({ instanceId, now }), {
        priority: 'caller',
      });
      return { ok: fault === null, detail: fault ?? 'answers and accepts the credentials' };
    } catch (error) {
      const knowsNone = error instanceof VendorError && error.failure.kind === 'not_found' && instanceId === null;
      if (!knowsNone) throw error;
      return { ok: true, detail: 'answers and accepts the credentials' };
    }
  });
}

async function askBackups(client: VendorTransport, account: Account, { bucket, prefix }: Folder): Promise<Finding> {
  const { objectStore } = providers.of(account.provider);
  function* list() {
    return objectStore.parsePage(yield objectStore.list(bucket, prefix, null));
  }
  return finding(client, account, 'backups', async () => {
    const { objects, next } = await client.converse(account, account.region, list(), { priority: 'caller' });
    const many = next === null ? String(objects.length) : `more than ${objects.length}`;
    return { ok: true, detail: `lists ${bucket}/${prefix}: ${many} objects` };
  });
}

async function finding(
  client: VendorTransport,
  account: Account,
  asked: Finding['asked'],
  ask: () => Promise<Pick<Finding, 'ok' | 'detail'>>,
): Promise<Finding> {
  const { name, provider, region } = account;
  const about = { account: name, provider, region, asked };
  try {
    const answer = await ask();
    return { ...about, ...answer, remedy: null, clockOffsetMs: client.clockOffset(account), vendor: null };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { failure } = error;
    const clockOffsetMs = client.clockOffset(account);
    return {
      ...about,
      ok: false,
      detail: failure.detail,
      remedy: remedyOf(failure, asked),
      clockOffsetMs,
      vendor: failure.provider,
    };
  }
}

/** The first things to check after a failure of this kind; null if the failure's detail says it. */
function remedyOf({ kind }: VendorFailure, asked: Finding['asked']): string | null {
  switch (kind) {
    case 'unauthenticated':
    case 'session_expired':
      return 'Compare the credentials with the vendor’s console: the key, whether it is enabled, and its permissions (docs/permissions.md).';
    case 'clock_skew':
      return 'Set this machine’s clock: the vendor refuses a signature whose time is minutes off.';
    case 'not_sent':
    case 'timeout':
      return 'Check region, endpoints, proxy and firewall.';
    case 'rejected':
    case 'not_found':
      return asked === 'backups'
        ? 'Check bucket, region and the permissions on the bucket.'
        : 'Check region, project and permissions; name one of your instances with --instance.';
    default:
      return null;
  }
}
