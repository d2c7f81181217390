import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../../src/domain/runtime.ts';
import type { VendorReply } from '../../../src/domain/vendor.ts';
import { oidcCredentials } from '../../../src/providers/tencent/credential-sources.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { createVendorClient } from '../../../src/transport/client.ts';
import { createCredentialVault } from '../../../src/transport/credentials/vault.ts';
import { type Issuers, roles, startIssuers } from '../../support/issuers.ts';
import { account, failure, fakeProvider, only, reply, request } from '../fixtures.ts';

const minute = 60_000;
let issuers: Issuers;
beforeAll(async () => {
  issuers = await startIssuers();
});
afterAll(() => issuers.close());

describe('keys that rotate under load', () => {
  it('fail no request, at their end of life or when the vendor ends them early', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'godwit-rotation-'));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'token-1');
    const credentials = oidcCredentials({
      endpoint: `${issuers.url}/tencent`,
      providerId: roles.tencentProvider,
      roleArn: roles.tencent,
      tokenFile,
      sessionName: 'godwit',
      region: 'ap-guangzhou',
      durationSeconds: 3600,
    });
    let offsetMs = 0;
    const runtime: Runtime = {
      ...systemRuntime,
      now: () => Date.now() + offsetMs,
      sleep: async () => undefined,
    };
    const fake = fakeProvider();
    const vault = createCredentialVault({ accounts: [{ account, credentials }], runtime });

    /** The end of each key by the vendor's clock, and the keys ended early. */
    const ends = new Map<string, number>();
    const revoked = new Set<string>();
    const expired = JSON.stringify({ failure: failure('session_expired') });
    const vendor = async (): Promise<VendorReply> => {
      const used = fake.signed.at(-1)?.credentials;
      const id = String(used?.secretId);
      if (!ends.has(id)) ends.set(id, runtime.now() + 60 * minute);
      await Promise.resolve();
      const dead = revoked.has(id) || runtime.now() >= (ends.get(id) ?? 0);
      return reply(dead ? expired : '{}', { receivedAt: runtime.now() });
    };
    const client = createVendorClient({
      providers: only(fake),
      exchangeOf: () => ({ send: vendor, close: async () => undefined }),
      runtime,
      credentialsOf: vault.credentialsOf,
      credentialsEnded: vault.credentialsEnded,
    });

    let requests = 0;
    for (let step = 1; step <= 300; step++) {
      if (step % 60 === 0) {
        // The kubelet replaces the whole file, well before the old token ends.
        const token = `token-${step}`;
        await writeFile(`${tokenFile}.new`, token);
        Object.assign(issuers.conditions, { token, formerToken: issuers.conditions.token });
        await rename(`${tokenFile}.new`, tokenFile);
      }
      if (step % 60 === 30) issuers.conditions.formerToken = null;
      if (step % 100 === 0) revoked.add(`KEY${issuers.issued()}`);
      await Promise.all(
        Array.from({ length: 10 }, () =>
          client.execute(account, 'ap-guangzhou', request('write')).then(() => requests++),
        ),
      );
      issuers.conditions.clockMs = offsetMs += minute;
    }
    expect(requests).toBe(3000);
    expect(issuers.issued()).toBeGreaterThanOrEqual(300 / 60);
    expect(issuers.issued()).toBeLessThan(15);
    await vault.close();
  });
});
