import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { helmMissing, manifestsIn, toolsPath } from './support/helm.ts';

const chart = fileURLToPath(new URL('../../helm/godwit', import.meta.url));

/** A parent chart whose values decide whether Godwit's chart is installed. */
async function umbrella(values: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-umbrella-'));
  await mkdir(join(folder, 'charts'));
  await cp(chart, join(folder, 'charts', 'godwit'), { recursive: true });
  const dependencies = [{ name: 'godwit', version: '>=0.0.0-0', condition: 'godwit.enabled', tags: ['databases'] }];
  await writeFile(
    join(folder, 'Chart.yaml'),
    stringify({ apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies }),
  );
  await writeFile(
    join(folder, 'values.yaml'),
    stringify({ global: { region: 'x' }, tags: { databases: true }, godwit: values }),
  );
  return folder;
}

function template(helm: string, folder: string): Promise<string> {
  return new Promise((done, fail) => {
    execFile(join(toolsPath, 'bin', helm), ['template', 'release', folder], (error, stdout, stderr) =>
      error === null ? done(stdout) : fail(new Error(stderr)),
    );
  });
}

const values = {
  store: { type: 'sqlite' },
  replicaCount: 1,
  config: {
    auth: { keys: [{ name: 'ci', sha256: '0'.repeat(64), scopes: [], accounts: [] }] },
    accounts: [
      { name: 'ali-main', provider: 'alibaba', region: 'cn-hangzhou', credentials: { source: 'environment' } },
    ],
  },
};

describe.skipIf(helmMissing !== null).each(['helm3', 'helm4'])('An umbrella chart, with %s', (helm) => {
  it.each([
    [true, 1],
    [false, 0],
  ])('switches the subchart with `condition: godwit.enabled`: %s', async (enabled, deployments) => {
    const manifests = manifestsIn(await template(helm, await umbrella({ ...values, enabled })));
    expect(manifests.filter(({ kind }) => kind === 'Deployment')).toHaveLength(deployments);
  });
});
