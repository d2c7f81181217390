import type { Config } from '../config/config.ts';
import { checkedConfig, loadConfig } from '../config/load.ts';
import { closestName } from '../domain/spelling.ts';
import { type Account, VendorError, type VendorFailure } from '../domain/vendor.ts';
import { providers } from '../registry.ts';
import { systemRuntime } from '../runtime.ts';
import { createVendorClient, type VendorTransport } from '../transport/client.ts';
import { createCredentialVault } from '../transport/credentials/vault.ts';
import { createExchanges } from '../transport/exchange.ts';
import { createOutbound } from '../transport/outbound.ts';
import { sandboxPortOf } from './sandbox-place.ts';
import { type ExitStatus, exit, type Input, type Terminal, UsageError } from './subcommand.ts';
import { vendorWords } from './told-error.ts';

/** What one question came to. */
interface Finding {
  readonly account: string;
  readonly provider: string;
  readonly region: string;
  /** `restores`: the service that restores; `backups`: the object store. */
  readonly asked: 'restores' | 'backups';
  readonly ok: boolean;
  readonly detail: string;
  /** What to do, where something is wrong; null: nothing, or the detail says it. */
  readonly remedy: string | null;
  /** The vendor's clock minus this machine's, in milliseconds; 0 also where it is not known. */
  readonly clockOffsetMs: number;
  /** The vendor's own words, where it refused. */
  readonly vendor: VendorFailure['provider'] | null;
}

/** Vendors refuse signatures that are minutes old; from here on the difference is worth a word, in milliseconds. */
const noticedSkewMs = 60_000;

export async function run(input: Input): Promise<ExitStatus> {
  const folder = folderOf(input.value('bucket'));
  const config = await configured(input);
  const accounts = chosen(config, input.operands);
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
    return shown(findings.flat(), input);
  } finally {
    client.drain();
    await exchanges.close();
    await outbound.close();
    await vault.close();
  }
}

/** The configuration of the gateway; without a file the accounts of the sandbox that runs beside it. */
async function configured({ environment }: Input): Promise<Config> {
  const config = await loadConfig(environment, providers);
  if (!config.sandbox) return config;
  const { sandboxAccounts } = await import('../sandbox/accounts.ts');
  const first = sandboxPortOf(config.listen.port) ?? 0;
  const at = (index: number) => ({ url: `http://127.0.0.1:${first + index}` });
  const accounts = sandboxAccounts({ alibaba: at(0), huawei: at(1), tencent: at(2) });
  return { ...config, accounts: (await checkedConfig({ accounts }, {}, true, providers)).accounts };
}

function chosen(config: Config, names: readonly string[]): readonly Account[] {
  const accounts = config.accounts.map(({ account }) => account);
  if (names.length === 0) return accounts;
  return names.map((name) => {
    const found = accounts.find((account) => account.name === name);
    if (found !== undefined) return found;
    const known = accounts.map((account) => account.name);
    const nearest = closestName(name, known);
    throw new UsageError(
      `there is no account ${JSON.stringify(name)}; ${nearest === null ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`}`,
    );
  });
}

interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

function folderOf(text: string | undefined): Folder | null {
  if (text === undefined) return null;
  const [, bucket = '', prefix = ''] = /^([^/]*)\/?(.*)$/.exec(text) ?? [];
  if (bucket === '') throw new UsageError('--bucket begins with the name of a bucket');
  return { bucket, prefix };
}

async function askRestores(client: VendorTransport, account: Account, instanceId: string | null): Promise<Finding> {
  const { tryAccount } = providers.of(account.provider);
  const now = systemRuntime.now() + client.clockOffset(account);
  return finding(client, account, 'restores', async () => {
    try {
      const fault = await client.converse(account, account.region, tryAccount({ instanceId, now }), {
        priority: 'caller',
      });
      return { ok: fault === null, detail: fault ?? 'answers, and takes the credentials' };
    } catch (error) {
      const knowsNone = error instanceof VendorError && error.failure.kind === 'not_found' && instanceId === null;
      if (!knowsNone) throw error;
      return { ok: true, detail: 'answers, and takes the credentials' };
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
    const many = next === null ? String(objects.length) : `${objects.length} and more`;
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

/** What to look at first, by the kind of failure; null: the detail says it. */
function remedyOf({ kind }: VendorFailure, asked: Finding['asked']): string | null {
  switch (kind) {
    case 'unauthenticated':
    case 'session_expired':
      return 'Compare the credentials with the vendor’s console: the key, whether it is enabled, and the rights that docs/permissions.md lists.';
    case 'clock_skew':
      return 'Set this machine’s clock: the vendor refuses signatures that are minutes off.';
    case 'not_sent':
    case 'timeout':
      return 'Compare region, endpoints, proxy and firewall.';
    case 'rejected':
    case 'not_found':
      return asked === 'backups'
        ? 'Compare bucket, region and the rights on the bucket.'
        : 'Compare region, project and rights; name an instance of yours with --instance.';
    default:
      return null;
  }
}

function shown(findings: readonly Finding[], { terminal, flag }: Input): ExitStatus {
  if (flag('json')) terminal.print(JSON.stringify({ findings }));
  else for (const each of findings) terminal.print(words(each, terminal));
  return findings.every(({ ok }) => ok) ? exit.done : exit.failed;
}

function words(
  { account, provider, region, asked, ok, detail, remedy, clockOffsetMs, vendor }: Finding,
  terminal: Terminal,
): string {
  const verdict = ok ? terminal.styled('green', 'ok  ') : terminal.styled('red', 'FAIL');
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
  const skew = `this machine’s clock is ${seconds} s ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the vendor’s`;
  return [
    `${verdict} ${account} (${provider}, ${region}) ${asked}: ${detail}`,
    ...(vendor?.code || vendor?.message ? [`     ${vendor.operation}: ${vendorWords(vendor)}`] : []),
    ...(Math.abs(clockOffsetMs) >= noticedSkewMs ? [terminal.styled('yellow', `     ${skew}`)] : []),
    ...(remedy === null ? [] : [`     ${remedy}`]),
  ].join('\n');
}
