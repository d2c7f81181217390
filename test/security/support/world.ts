import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRuntime } from '../../../src/runtime.ts';
import { sandboxAccounts } from '../../../src/sandbox/accounts.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { quickEngine, type TestConfig } from '../../support/gateway.ts';
import { audience, type JwtIssuer, jwtIssuer } from '../../support/jwt-issuer.ts';
import type { ProviderId } from '../../support/providers.ts';
import { type TappingProxy, tappingProxy } from '../../support/tapping-proxy.ts';
import { apiKey, canary, encryptionKey, given, known } from './canaries.ts';

/** Everything around the gateways under test. */
export interface World {
  readonly sandbox: Sandbox;
  readonly issuer: JwtIssuer;
  /** One in front of each emulated cloud, which notes the secrets that cross it. */
  readonly proxies: Readonly<Record<ProviderId, TappingProxy>>;
  /** Tokens that callers have sent. */
  readonly tokens: string[];
  /** Secrets that the gateway has shown once, to the caller who asked for them. */
  readonly issued: string[];
  close(): Promise<void>;
}

export const providers: readonly ProviderId[] = ['alibaba', 'huawei', 'tencent'];

export async function startWorld(): Promise<World> {
  const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 50 });
  const issuer = await jwtIssuer();
  const [alibaba, huawei, tencent] = await Promise.all(
    providers.map((provider) => tappingProxy(sandbox[provider].url)),
  );
  if (!alibaba || !huawei || !tencent) throw new Error('no proxies');
  const proxies = { alibaba, huawei, tencent };
  return {
    sandbox,
    issuer,
    proxies,
    tokens: [],
    issued: [],
    close: async () => {
      await Promise.all([sandbox.close(), issuer.close(), ...Object.values(proxies).map((proxy) => proxy.close())]);
    },
  };
}

/** Accounts that work and, beside each, one that the vendor refuses. */
function accounts(proxies: World['proxies']): object[] {
  const good = sandboxAccounts(proxies);
  const refused: Record<ProviderId, object> = {
    alibaba: {
      accessKeyId: 'sandbox-alibaba-id',
      accessKeySecret: canary('alibabasecret'),
      securityToken: canary('alibabatoken'),
    },
    huawei: { accountName: 'sandbox-account', userName: 'other-user', password: canary('huaweipassword') },
    tencent: {
      secretId: 'AKIDsandboxtencent0000000000000000',
      secretKey: canary('tencentsecret'),
      token: canary('tencenttoken'),
    },
  };
  const bad = good.map((account) => ({
    ...account,
    name: `refused-${account.provider}`,
    credentials: refused[account.provider as ProviderId],
  }));
  const signing = {
    ...good.find((account) => account.provider === 'huawei'),
    name: 'refused-huawei-key',
    credentials: {
      accessKeyId: 'SANDBOXHUAWEIAK00001',
      secretAccessKey: canary('huaweisecret'),
      securityToken: canary('huaweitoken'),
    },
  };
  return [...good, ...bad, signing];
}

/** Configuration of a gateway whose store and encryption key lie in that folder. */
export async function configurationIn(folder: string, { proxies, issuer }: World): Promise<TestConfig> {
  await writeFile(join(folder, 'key'), encryptionKey);
  return {
    store: { url: `sqlite:${join(folder, 'godwit.db')}` },
    engine: quickEngine,
    log: { level: 'trace' },
    encryption: { key: { file: join(folder, 'key') } },
    webhooks: { privateAddresses: true },
    auth: {
      keys: [
        { name: 'ci', sha256: createHash('sha256').update(apiKey).digest('hex'), scopes: ['admin'], accounts: ['*'] },
      ],
      jwt: { issuer: issuer.issuer, audience, jwksUri: issuer.jwksUri },
    },
    accounts: accounts(proxies),
  };
}

/** Every secret that must stay hidden: those given, those that crossed a proxy, those that the gateway issued. */
export function allSecrets({ proxies, issued, tokens }: World): string[] {
  const seen = Object.values(proxies).flatMap((proxy) => [...proxy.secrets]);
  return [
    ...new Set([
      ...given,
      ...known,
      ...seen,
      ...issued,
      ...tokens,
      ...tokens.map((token) => token.split('.')[2] ?? token),
    ]),
  ];
}
