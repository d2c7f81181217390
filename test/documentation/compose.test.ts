import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { checkedConfig } from '../support/configuration.ts';
import { startTestGateway, temporaryFolder } from '../support/gateway.ts';
import { missingProgram, root } from './support/commands.ts';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly read_only?: boolean;
  readonly ports?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: object;
  readonly entrypoint?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly file?: string; readonly content?: string }>>;
}

const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as Compose;
const services = Object.entries(compose.services);
const content = (name: string): string => compose.configs[name]?.content ?? '';
const gatewayFile = parse(content('gateway')) as Record<string, unknown> & { readonly accounts: readonly object[] };
const demo = join(root, 'tools/demo/demo.sh');
/** The first version with `content` in a config. */
const oldestCompose = [2, 23, 1] as const;

describe('compose.yaml', () => {
  it.each(services)('defines every config, secret, volume and file that service %s names', (_name, service) => {
    for (const { source, target } of service.configs ?? []) {
      expect(compose.configs, target).toHaveProperty(source);
      const { file } = compose.configs[source] ?? {};
      if (file !== undefined) expect(existsSync(join(root, file)), file).toBe(true);
    }
    const needed = service.depends_on ?? [];
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed))
      expect(compose.services).toHaveProperty(other);
    for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    if (service.network_mode !== undefined)
      expect(compose.services).toHaveProperty(service.network_mode.replace('service:', ''));
    const program = service.entrypoint?.find((argument) => argument.startsWith('/app/'))?.replace('/app/', '');
    if (program !== undefined) expect(existsSync(join(root, program)), program).toBe(true);
  });

  it('names no registry, pins every image and publishes ports on this machine only', () => {
    for (const [name, { image, ports = [] }] of services) {
      expect(image, name).toMatch(/^(?:godwit|[a-z]+(?:\/[a-z]+)?:v?\d[\w.-]*)$/);
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('builds the Godwit image for each service that uses it and needs no inline config on a read-only file system', () => {
    for (const [name, { image, build, configs = [], read_only = false }] of services) {
      // Compose pulls an image that another service builds.
      expect(build, name).toBe(image === 'godwit' ? '.' : undefined);
      // Compose cannot copy inline contents into a read-only file system.
      const inline = configs.some(({ source }) => compose.configs[source]?.content !== undefined);
      expect(inline && read_only, name).toBe(false);
    }
  });

  it('restarts the gateway and the sandbox independently: neither owns the network that they share', () => {
    const { gateway, sandbox, network } = compose.services;
    expect([gateway?.network_mode, sandbox?.network_mode]).toEqual(['service:network', 'service:network']);
    // Compose refuses both settings with a shared network, and Prometheus resolves the name `gateway`.
    for (const service of [gateway, sandbox])
      expect([service?.ports, service?.networks]).toEqual([undefined, undefined]);
    expect(network?.networks).toEqual({ default: { aliases: ['gateway'] } });
    expect(network?.ports?.map((port) => port.split(':').at(-1))).toEqual(['8080', '9403']);
  });

  it('escapes every dollar sign in inline contents', () => {
    expect(Object.keys(compose.configs).filter((name) => /(?<!\$)\$(?!\$)/.test(content(name)))).toEqual([]);
  });

  it('contains a valid gateway configuration with the sandbox accounts on their default ports', async () => {
    await checkedConfig(gatewayFile, { HOST: '0.0.0.0' }, false);
    const url = (port: number) => ({ url: `http://127.0.0.1:${port}` });
    const accounts = sandboxAccounts({ alibaba: url(9400), huawei: url(9401), tencent: url(9402) });
    expect(gatewayFile.accounts).toEqual(accounts);
  });

  it('makes Prometheus add the labels that the dashboard filters by', () => {
    const { scrape_configs: jobs } = parse(content('prometheus'));
    expect(jobs[0].static_configs[0]).toEqual({
      targets: ['gateway:8080'],
      labels: { namespace: 'compose', pod: 'gateway' },
    });
    expect(parse(content('grafana-datasources')).datasources[0].url).toBe('http://prometheus:9090');
    const [dashboards] = parse(content('grafana-dashboards')).providers;
    const targets = compose.services.grafana?.configs?.map(({ target }) => target);
    expect(targets).toContain(`${dashboards.options.path}/godwit.json`);
  });

  const program = composeProgram();
  const absent = program === null ? ` (skipped: there is no Docker Compose ${oldestCompose.join('.')} or later)` : '';
  it.skipIf(program === null)(`is accepted by Docker Compose${absent}`, () => {
    const [command = '', ...args] = program ?? [];
    execFileSync(command, [...args, '-f', join(root, 'compose.yaml'), 'config', '--quiet'], { stdio: 'pipe' });
  });
});

/** Compose as a plugin or as a program; null without one that supports inline configs. */
function composeProgram(): readonly string[] | null {
  for (const program of [['docker', 'compose'], ['docker-compose']]) {
    const [command = '', ...args] = program;
    try {
      const text = execFileSync(command, [...args, 'version', '--short'], { stdio: 'pipe', encoding: 'utf8' });
      if (compareVersions(text, oldestCompose) >= 0) return program;
    } catch {
      // Compose is not installed.
    }
  }
  return null;
}

function compareVersions(text: string, other: readonly number[]): number {
  const parts = text.trim().replace(/^v/, '').split('.').map(Number);
  const differing = other.findIndex((part, index) => parts[index] !== part);
  return differing < 0 ? 0 : (parts[differing] ?? 0) - (other[differing] ?? 0);
}

describe('tools/demo/demo.sh', () => {
  const missing = missingProgram([readFileSync(demo, 'utf8')]);
  const suffix = missing === null ? '' : ` (skipped: ${missing} is not installed)`;
  const { auth } = gatewayFile;

  it.skipIf(missing !== null).each([
    ['with the key of compose.yaml', { auth }],
    ['against a gateway without authentication, as `npm start` runs it', {}],
  ])(`shows a chain, a failure and a cutover %s${suffix}`, { timeout: 60_000 }, async (_name, config) => {
    const clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
    const gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true, config });
    try {
      const folder = await temporaryFolder();
      // The script sleeps in whole seconds.
      await writeFile(join(folder, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.2\n', { mode: 0o755 });
      const env = { PATH: `${folder}:${process.env.PATH}`, GODWIT: gateway.url };
      const { stdout } = await promisify(execFile)('sh', [demo], { env, timeout: 50_000 });
      expect(stdout).toContain('"code": "backup_corrupt_or_newer"');
      expect(stdout).toContain('"state": "succeeded"');
    } finally {
      await gateway.stop(0);
      await clouds.close();
    }
  });
});
