import { expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startTestGateway } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';
import { tappingProxy } from '../support/tapping-proxy.ts';

/** The faults of accounts that readiness reports while the gateway stays ready. */
async function failingChecks({ url }: Gateway): Promise<readonly string[]> {
  const response = await fetch(`${url}/readyz?verbose=true`);
  const { status, checks } = (await response.json()) as { status: string; checks: { name: string; ok: boolean }[] };
  expect([response.status, status]).toEqual([200, 'ready']);
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

it('a rejected login is tried once, is reported by readiness and leaves the gateway ready', async () => {
  const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 50 });
  const proxy = await tappingProxy(sandbox.huawei.url);
  const wrong = sandboxAccounts({ ...sandbox, huawei: { url: proxy.url } })
    .filter(({ provider }) => provider === 'huawei')
    .map((account) => ({
      ...account,
      name: 'hw-wrong',
      credentials: { accountName: 'sandbox-account', userName: 'sandbox-user', password: 'CANARY-wrong' },
    }));
  const gateway = await startTestGateway([...sandboxAccounts(sandbox), ...wrong]);
  try {
    expect(await failingChecks(gateway)).toEqual([]);
    for (const region of ['ap-southeast-3', 'ap-southeast-1', 'cn-north-4']) {
      const answer = await fetch(`${gateway.url}/migrations?dryRun=preflight`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...requestFor('huawei'), account: 'hw-wrong', region }),
      });
      expect(answer.status).toBe(502);
      expect(await answer.text()).not.toContain('CANARY');
    }
    expect(proxy.passed).toEqual(['POST /v3/auth/tokens?nocatalog=true']);
    expect(await failingChecks(gateway)).toEqual(['account hw-wrong']);
    expect(await (await fetch(`${gateway.url}/readyz?verbose=true`)).text()).not.toMatch(/CANARY|password/i);
  } finally {
    await gateway.stop(0);
    await proxy.close();
    await sandbox.close();
  }
});

it.each([
  ['alibaba', { accessKeyId: 'LTAIunknown', accessKeySecret: 'CANARY-wrong' }],
  ['tencent', { secretId: 'AKIDunknown', secretKey: 'CANARY-wrong' }],
] as const)('a rejected access key of %s is reported by readiness', async (provider, credentials) => {
  const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 50 });
  const wrong = sandboxAccounts(sandbox)
    .filter((account) => account.provider === provider)
    .map((account) => ({ ...account, name: 'wrong', credentials }));
  const gateway = await startTestGateway([...sandboxAccounts(sandbox), ...wrong]);
  try {
    expect(await failingChecks(gateway)).toEqual([]);
    const answer = await fetch(`${gateway.url}/migrations?dryRun=preflight`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...requestFor(provider), account: 'wrong' }),
    });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'provider_auth_failed' });
    expect(await failingChecks(gateway)).toEqual(['account wrong']);
  } finally {
    await gateway.stop(0);
    await sandbox.close();
  }
});
