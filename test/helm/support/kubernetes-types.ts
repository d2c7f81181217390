import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Manifest, toolsPath } from './helm.ts';

/** The package that describes the objects of an API version. */
const packages: Readonly<Record<string, string>> = {
  v1: 'kubernetes-models/v1',
  'apps/v1': 'kubernetes-models/apps/v1',
  'autoscaling/v2': 'kubernetes-models/autoscaling/v2',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  'gateway.networking.k8s.io/v1': '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
};
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

/**
 * Unknown members and wrong types in the objects, as the compiler's messages; empty when there are none. A null member
 * is an error.
 */
export async function typeFaults(manifests: readonly Manifest[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-chart-'));
  try {
    await symlink(`${toolsPath}node_modules`, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'manifests.ts'), manifests.map(declaration).join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--types', '', '--lib', 'es2022'];
    return await new Promise((resolve) => {
      const args = [compiler, ...options, '--module', 'nodenext', '--target', 'es2022', join(folder, 'manifests.ts')];
      execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
        resolve(error === null ? '' : `${stdout}${stderr}`),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The fault of an object by its published schema, or null. Checks required members, ranges and formats. */
export async function schemaFault(manifest: Manifest): Promise<string | null> {
  const path = `${toolsPath}node_modules/${packageOf(manifest)}/index.js`;
  const models = (await import(pathToFileURL(path).href)) as Record<string, new (data: unknown) => Validated>;
  const Model = models[manifest.kind];
  if (Model === undefined) return `no such kind: ${manifest.kind}`;
  try {
    new Model(manifest).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

interface Validated {
  validate(): void;
}

function declaration(manifest: Manifest, index: number): string {
  const type = `import('${packageOf(manifest)}').I${manifest.kind}`;
  return `export const object${index}: ${type} = ${JSON.stringify(manifest, null, 1)};`;
}

function packageOf({ apiVersion, kind }: Manifest): string {
  const found = packages[apiVersion];
  if (found === undefined) throw new Error(`no types for ${kind} of ${apiVersion}`);
  return found;
}
