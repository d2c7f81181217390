import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestExamples, sandboxExampleAccounts } from '../../src/http/schemas/examples.ts';
import { externalPackages, writeBundle } from '../../tools/bundle/bundle.ts';
import { type GatewayProcess, post, spawnGateway, temporaryFolder } from '../support/gateway.ts';
import { providers } from '../support/providers.ts';
import { requestFor } from '../support/simulation.ts';

const root = resolve(import.meta.dirname, '../..');
/** All that an installation has beside the bundle. */
const beside = [
  'package.json',
  'docs',
  'openapi',
  'src/http/pages',
  ...externalPackages.map((name) => `node_modules/${name}`),
];

let project: string;
let gateway: GatewayProcess;
beforeAll(async () => {
  project = await temporaryFolder();
  for (const path of beside) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await symlink(join(root, path), join(project, path));
  }
  await writeBundle(root, join(project, 'dist'));
  gateway = await spawnGateway(await temporaryFolder(), null, {}, join(project, 'dist/godwit.js'));
});
afterAll(async () => {
  await gateway?.end('SIGKILL');
});

describe('the bundle, without the sources and the packages in it', () => {
  it.each([
    ['/board/', 'text/html', '<title>'],
    ['/board/static/board.js', 'application/javascript', 'import'],
    ['/board/static/lit-html.js', 'application/javascript', 'Google LLC'],
    ['/board/static/directives/repeat.js', 'application/javascript', 'Google LLC'],
    ['/docs/', 'text/html', '<title>'],
    ['/docs/static/swagger-ui-bundle.js', 'application/javascript', 'SwaggerUIBundle'],
    ['/docs/static/swagger-ui.css', 'text/css', '.swagger-ui'],
    ['/docs/guide/', 'text/html', '<h1'],
    ['/docs/guide/operations/runbook', 'text/html', '<h1'],
    ['/openapi.json', 'application/json', '"openapi":"3.1.0"'],
    ['/metrics', 'text/plain', 'process_resident_memory_bytes'],
  ])('serves %s', async (path, type, words) => {
    const response = await fetch(gateway.url + path, { headers: { accept: `${type}, */*;q=0.1` } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
    expect(await response.text()).toContain(words);
  });

  it.each(['alibaba', 'huawei', 'tencent'] as const)(
    'begins a restore at %s and reads its object store',
    async (cloud) => {
      const { status, body } = await post(`${gateway.url}/migrations`, requestFor(cloud));
      expect([status, body.state]).toEqual([201, 'restoring']);
      const { inspectBackups = {} } = requestExamples(sandboxExampleAccounts(providers.all), providers.all);
      const inspected = await post(`${gateway.url}/backups/inspect`, inspectBackups[`${cloud}_inspect`]?.value);
      expect([inspected.status, inspected.body.chains]).toEqual([200, [expect.objectContaining({ complete: true })]]);
    },
  );

  it('has every package that a part of it loads later', async () => {
    // The two programs run when they are loaded.
    const files = (await readdir(join(project, 'dist'))).filter(
      (name) => !/^(?:godwit\.js|sandbox\.js|inputs\.json)$/.test(name),
    );
    const load = `for (const name of ${JSON.stringify(files)}) await import(${JSON.stringify(`${project}/dist/`)} + name);`;
    const loaded = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', load]);
    expect([loaded.stderr, files.length > 20]).toEqual(['', true]);
  });
});
