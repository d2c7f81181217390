import type { Godwit } from '../../client/src/client.ts';
import { GodwitProblem, type ProblemCode } from '../../client/src/errors.ts';
import type { components } from '../../client/src/schema.ts';
import type { Finding } from './account-finding.ts';
import { chosenAccounts, type Folder, folderOf } from './named.ts';
import { gatewayOf } from './remote.ts';
import type { Input } from './subcommand.ts';

type Account = components['schemas']['Account'];

/** Problem codes that concern the account. Any other problem concerns the caller or the gateway and ends the command. */
const ofTheAccount: ReadonlySet<ProblemCode> = new Set([
  ...(['provider_auth_failed', 'provider_protocol_error', 'provider_rejected', 'provider_throttled'] as const),
  ...(['provider_timeout', 'provider_unavailable', 'unsupported_by_provider'] as const),
]);

/** Checks the accounts through a gateway, which calls the vendors with its own credentials and from its own network. */
export async function findingsThroughGateway(input: Input): Promise<readonly Finding[]> {
  const bucket = input.value('bucket');
  const folder = bucket === undefined ? null : folderOf(bucket, '--bucket');
  const instanceId = input.value('instance');
  const godwit = gatewayOf(input);
  const all: Account[] = [];
  for await (const account of godwit.paginate('/accounts')) all.push(account);
  const accounts = chosenAccounts(all, input.operands);
  const findings = await Promise.all(
    accounts.map(async (account) => {
      const restores = instanceId === undefined ? lastKnown(godwit, account) : askRestores(godwit, account, instanceId);
      return Promise.all([restores, ...(folder === null ? [] : [askBackups(godwit, account, folder)])]);
    }),
  );
  return findings.flat();
}

/** Reports what the gateway knows from its own calls. Vendors list restores by instance, so without an instance no call is possible. */
async function lastKnown(godwit: Godwit, account: Account): Promise<Finding> {
  return finding(account, 'restores', async () => {
    const { data } = await godwit.GET('/readyz', { params: { query: { verbose: true } } });
    const check = data.checks?.find(({ name }) => name === `account ${account.name}`);
    const ok = check?.ok ?? true;
    return {
      ok,
      detail: `${check?.detail ?? 'the gateway gives no detail'}; with --instance the gateway asks the vendor now`,
    };
  });
}

async function askRestores(godwit: Godwit, account: Account, instanceId: string): Promise<Finding> {
  return finding(account, 'restores', async () => {
    const params = { path: { name: account.name }, query: { instanceId, pageSize: 1 } };
    await godwit.GET('/accounts/{name}/tasks', { params });
    return { ok: true, detail: 'answers and accepts the credentials' };
  });
}

async function askBackups(godwit: Godwit, account: Account, { bucket, prefix }: Folder): Promise<Finding> {
  return finding(account, 'backups', async () => {
    const body = { provider: account.provider, account: account.name, bucket, prefix };
    const { data } = await godwit.POST('/backups/inspect', { body });
    const unread = data.files.filter(({ faults }) => faults.some(({ code }) => code === 'backup_not_checked'));
    const read = unread.length === 0 ? '' : `, of which ${unread.length} could not be read`;
    return { ok: true, detail: `lists ${bucket}/${prefix}: ${data.files.length} files${read}` };
  });
}

/** Runs one check. The clock offset is 0, because the clock of the gateway's machine is unknown. */
async function finding(
  account: Account,
  asked: Finding['asked'],
  ask: () => Promise<Pick<Finding, 'ok' | 'detail'>>,
): Promise<Finding> {
  const { name, provider, region } = account;
  const about = { account: name, provider, region, asked, clockOffsetMs: 0 };
  try {
    return { ...about, ...(await ask()), remedy: null, vendor: null };
  } catch (error) {
    if (!(error instanceof GodwitProblem) || !ofTheAccount.has(error.code)) throw error;
    return { ...about, ok: false, detail: error.detail, remedy: remedyOf(error.code), vendor: error.provider };
  }
}

/** The first things to check after this problem; null if the problem's detail says it. */
function remedyOf(code: ProblemCode): string | null {
  switch (code) {
    case 'provider_auth_failed':
      return 'The gateway’s operator compares its credentials with the vendor’s console: the key, whether it is enabled, and its permissions (docs/permissions.md).';
    case 'provider_timeout':
    case 'provider_unavailable':
      return 'The gateway’s operator checks region, endpoints, proxy and firewall.';
    case 'provider_rejected':
      return 'Check whether the account’s region and permissions fit the instance or the bucket.';
    default:
      return null;
  }
}
