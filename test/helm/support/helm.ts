import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const root = new URL('../../../', import.meta.url);
const chartPath = fileURLToPath(new URL('helm/godwit', root));

/** The folder of the packages of the chart's tests. */
export const toolsPath = fileURLToPath(new URL('tools/helm/', root));

/** The result of one run of Helm. `output`: both streams. */
export interface Run {
  readonly ok: boolean;
  readonly stdout: string;
  readonly output: string;
}

/** A rendered object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

export interface Helm {
  readonly name: string;
  /** `helm template` of the chart, with the files of `ci/` by name and `--set` arguments. */
  template(ci: string | null, ...sets: readonly string[]): Promise<Run>;
  lint(ci: string | null): Promise<Run>;
}

/** The reason why the tests cannot run, or null. With REQUIRE_HELM=1 such a reason is an error. */
export const helmMissing: string | null = missing();

/** Helm 3 and Helm 4, whether or not their binaries exist. */
export const helms: readonly Helm[] = ['helm3', 'helm4'].map((name) => ({
  name,
  template: (ci, ...sets) =>
    run(name, [
      ...['template', 'release', chartPath, '--namespace', 'databases'],
      ...valuesOf(ci),
      ...sets.flatMap((set) => ['--set-json', set]),
    ]),
  lint: (ci) => run(name, ['lint', '--strict', chartPath, ...valuesOf(ci)]),
}));

/** The names of the complete examples in `ci/`. */
export const examples = ['postgresql', 'sqlite', 'everything'] as const;

/** The objects in Helm's output. Throws for YAML that does not parse or uses a key twice. */
export function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** The only object of a kind. Throws for none and for several. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, ...others] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} of kind ${kind}`);
  return found;
}

/** The config map of that name. Throws when there is none. */
export function configMap(manifests: readonly Manifest[], name: string): Manifest {
  return only(
    manifests.filter(({ metadata }) => metadata.name === name),
    'ConfigMap',
  );
}

function missing(): string | null {
  if (['bin/helm3', 'bin/helm4', 'node_modules/kubernetes-models'].every((path) => existsSync(`${toolsPath}${path}`)))
    return null;
  const reason = 'tools/helm/install.sh has not been run';
  if (process.env.REQUIRE_HELM === '1') throw new Error(`Helm is required here: ${reason}`);
  return reason;
}

function valuesOf(ci: string | null): readonly string[] {
  return ci === null ? [] : ['--values', `${chartPath}/ci/${ci}.yaml`];
}

function run(name: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(`${toolsPath}bin/${name}`, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, output: `${stdout}${stderr}` }),
    );
  });
}
