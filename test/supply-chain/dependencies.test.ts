import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isAllowed, type LockFile, licenseFaults, productionLicenses } from '../../tools/licenses/licenses.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const lockText = await read('package-lock.json');
const lock: LockFile & { packages: Record<string, { integrity?: string; hasInstallScript?: boolean; dev?: boolean }> } =
  JSON.parse(lockText);
const manifest = JSON.parse(await read('package.json'));

describe('production dependencies', () => {
  it('have allowed licences', async () => {
    const packages = await productionLicenses(lock, read);
    expect(packages.length).toBeGreaterThan(20);
    expect(licenseFaults(packages)).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only) AND ISC', true],
    ['GPL-3.0-only', false],
    ['AGPL-3.0-only OR SSPL-1.0', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['MIT OR', false],
    ['UNLICENSED', false],
    ['', false],
    ['(MIT', false],
  ])('may have the licence “%s”: %s', (expression, allowed) => expect(isAllowed(expression)).toBe(allowed));

  it('without a licence are reported', async () => {
    const one: LockFile = {
      packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { dev: true } },
    };
    const faults = async (text: string) => licenseFaults(await productionLicenses(one, async () => text));
    expect(await faults('{}')).toEqual(['a@1.0.0: names no licence']);
    expect(await faults('{"licenses":[{"type":"GPL-2.0"}]}')).toEqual(['a@1.0.0: GPL-2.0']);
    expect(await faults('{"license":{"type":"MIT"}}')).toEqual([]);
  });

  it('are pinned to one version each', () => {
    const named = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
    for (const [name, version] of Object.entries(named)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the lock file', () => {
  it('names no registry host', () => {
    expect(lockText).not.toMatch(/"resolved"|registry|https?:\/\/(?!.*"(funding|url)")[^"]*\.tgz/);
  });

  it.each(['package-lock.json', 'tools/helm/package-lock.json'])(
    '%s has a checksum for every dependency',
    async (path) => {
      const { packages }: typeof lock = JSON.parse(await read(path));
      for (const [name, { integrity }] of Object.entries(packages))
        if (name !== '') expect(integrity, name).toMatch(/^sha512-/);
    },
  );

  it.each(['Dockerfile', 'docs/operations/install-vm.md'])(
    '%s starts Node so that no signal opens a debugger',
    async (path) => {
      const starts = (await read(path)).split('\n').filter((line) => /^(ENTRYPOINT|ExecStart)/.test(line));
      expect(starts).toHaveLength(1);
      expect(starts[0]).toContain('--disable-sigusr1');
    },
  );

  it.each([
    ['package.json', 1],
    ['Dockerfile', 2],
    ['docs/operations/install-vm.md', 1],
  ] as const)('%s starts Node with the same settings of V8, also to fill the compile cache', async (path, starts) => {
    const lines = (await read(path)).split('\n').filter((line) => /\bnode\b.*(?:src|dist)\/godwit\.js/.test(line));
    const settings = lines.map((line) => line.match(/--(?!disable-sigusr1|version|check-config)[\w-]+(=\d+)?/g));
    const same = [
      '--max-semi-space-size=8',
      '--heap-growing-percent=50',
      '--no-allocation-site-pretenuring',
      '--v8-pool-size=2',
    ];
    expect(settings.filter((each) => each !== null)).toEqual(Array.from({ length: starts }, () => same));
  });

  it('lets no package run an install script', () => {
    const scripted = Object.entries(lock.packages).filter(([, each]) => each.hasInstallScript === true);
    const names = scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    for (const name of names) expect(manifest.allowScripts, name).toHaveProperty([name], false);
  });
});
