import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** The rooms that each room may import. Files directly under src are the composition, which may import every room. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  backups: ['domain'],
  config: ['domain'],
  providers: ['domain'],
  transport: ['domain'],
  store: ['domain'],
  telemetry: ['domain'],
  engine: ['domain', 'backups'],
  webhooks: ['domain'],
  http: ['domain', 'engine/interface.ts', 'project-folder.ts', 'webhooks/interface.ts'],
  sandbox: ['domain/runtime.ts', 'project-folder.ts', 'runtime.ts'],
  // The second composition: commands need the configuration, the outbound connections and the gateway.
  command: [
    '../client/src',
    'config',
    'domain',
    'gateway.ts',
    'project-folder.ts',
    'reload.ts',
    'http/auth/authenticator.ts',
    'registry.ts',
    'runtime.ts',
    'sandbox',
    'store/open.ts',
    'telemetry',
    'transport',
  ],
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const anyImport = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;
const known = new Map<string, readonly string[]>();

function importsOf(file: string, kinds = anyImport): readonly string[] {
  const question = `${kinds.source} ${file}`;
  const imports = known.get(question) ?? readImports(file, kinds);
  known.set(question, imports);
  return imports;
}

function readImports(file: string, kinds: RegExp): readonly string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(kinds)].map(([, path = '']) => relative(source, resolve(dirname(join(source, file)), path)));
}

/** All files that a file imports, directly or not, and the file itself. */
function reachedFrom(file: string, kinds?: RegExp): ReadonlySet<string> {
  const reached = new Set([file]);
  // Iteration over a Set reaches values that the loop adds.
  for (const each of reached) for (const target of importsOf(each, kinds)) reached.add(target);
  return reached;
}

describe('the rooms', () => {
  it.each(files.filter((file) => file.includes('/')))('%s imports only what its room may', (file) => {
    const room = file.split('/')[0] ?? '';
    const may = allowed[room];
    expect(may, `src/${room} is a room that the map does not know`).toBeDefined();
    const strangers = importsOf(file).filter(
      (target) =>
        target.split('/')[0] !== room && !may?.some((each) => target === each || target.startsWith(`${each}/`)),
    );
    expect(strangers).toEqual([]);
  });

  it('name no vendor in their code outside the providers, the sandbox and the registry', () => {
    // Example answers are texts for people and name a provider.
    const mayName = /^(?:providers|sandbox)\/|^registry\.ts$|^http\/schemas\/answer-examples\.ts$/;
    const naming = files
      .filter((file) => !mayName.test(file))
      .filter((file) =>
        /['"`](?:alibaba|huawei|tencent)['"`]|providers\/(?:alibaba|huawei|tencent)\//i.test(
          readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''),
        ),
      );
    expect(naming).toEqual([]);
  });

  it('do not let one provider know another', () => {
    const crossing = files
      .filter((file) => file.startsWith('providers/'))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('providers/') && !target.startsWith('providers/kit/'))
          .filter((target) => target.split('/')[1] !== file.split('/')[1])
          .map((target) => `${file} -> ${target}`),
      );
    expect(crossing).toEqual([]);
  });

  it('have no circle of imports, not even of types', () => {
    const importers = files.filter((file) => importsOf(file).some((target) => reachedFrom(target).has(file)));
    expect(importers).toEqual([]);
  });

  it('load emulators and the OpenTelemetry SDK only where they are used', () => {
    const loaded = [...reachedFrom('command/serve.ts', /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm)];
    expect(loaded.length).toBeGreaterThan(200);
    expect(loaded.filter((file) => file.startsWith('sandbox/') || file.endsWith('opentelemetry.ts'))).toEqual([]);
  });

  it('import no value of node:http, because that loads the undici of Node at each start', () => {
    const importing = files
      .filter((file) => !file.startsWith('sandbox/'))
      .filter((file) => /^import (?!type )[^;]*? from 'node:http';/m.test(readFileSync(join(source, file), 'utf8')));
    expect(importing).toEqual([]);
  });

  it('read the clock and the random source in one file only', () => {
    const readers = files.filter(
      (file) =>
        file !== 'runtime.ts' &&
        /Date\.now\(|Math\.random\(|randomUUID\(|new Date\(\)/.test(
          readFileSync(join(source, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
        ),
    );
    expect(readers).toEqual([]);
  });

  it('each say in a README of a few lines what belongs there', () => {
    for (const room of Object.keys(allowed)) {
      const lines = readFileSync(join(source, room, 'README.md'), 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '');
      expect(lines.length, room).toBeGreaterThanOrEqual(4);
    }
  });
});
