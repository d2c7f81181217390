import { readFile } from 'node:fs/promises';

/** Licences that allow use and distribution with Apache-2.0 code and require no more than a notice. */
export const allowedLicenses: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}
export interface PackageLicense {
  readonly name: string;
  readonly version: string;
  /** SPDX expression; null if the package declares none. */
  readonly license: string | null;
}

/** The licences of all production dependencies, from their installed packages; from the lock file for a package that is not installed. */
export async function productionLicenses(
  lock: LockFile,
  readManifest: (path: string) => Promise<string>,
): Promise<readonly PackageLicense[]> {
  const production = Object.entries(lock.packages).filter(([path, each]) => path !== '' && !each.dev && !each.link);
  return Promise.all(
    production.map(async ([path, { version = '', license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const text = await readManifest(`${path}/package.json`).catch(() => null);
      return { name, version, license: text === null ? (license ?? null) : licenseIn(JSON.parse(text)) };
    }),
  );
}

/** The packages whose licences are not allowed, in words. */
export function licenseFaults(packages: readonly PackageLicense[]): readonly string[] {
  return packages
    .filter(({ license }) => license === null || !isAllowed(license))
    .map(({ name, version, license }) => `${name}@${version}: ${license ?? 'names no licence'}`);
}

/** Whether an SPDX expression of names, `AND`, `OR` and brackets is satisfied by allowed licences. */
export function isAllowed(expression: string): boolean {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let place = 0;
  const either = (): boolean => {
    let holds = both();
    while (tokens[place] === 'OR') {
      place++;
      holds = both() || holds;
    }
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    while (tokens[place] === 'AND') {
      place++;
      holds = one() && holds;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[place++];
    if (token !== '(') return token !== undefined && allowedLicenses.includes(token);
    const holds = either();
    return tokens[place++] === ')' && holds;
  };
  return either() && place === tokens.length;
}

/** Old packages declare an object or a list. */
function licenseIn(manifest: { readonly license?: unknown; readonly licenses?: unknown }): string | null {
  const { license, licenses } = manifest;
  if (typeof license === 'string') return license;
  const named = [license, ...(Array.isArray(licenses) ? licenses : [])].flatMap((each: unknown) => {
    const type = typeof each === 'object' && each !== null ? (each as { readonly type?: unknown }).type : undefined;
    return typeof type === 'string' ? [type] : [];
  });
  return named.length === 0 ? null : named.join(' OR ');
}

if (import.meta.main) {
  const root = new URL('../../', import.meta.url);
  const read = (path: string) => readFile(new URL(path, root), 'utf8');
  const packages = await productionLicenses(JSON.parse(await read('package-lock.json')), read);
  const faults = licenseFaults(packages);
  for (const fault of faults) process.stderr.write(`not allowed: ${fault}\n`);
  process.stdout.write(
    `${packages.length} production dependencies, ${faults.length} with a licence that is not allowed\n`,
  );
  process.exitCode = faults.length > 0 ? 1 : 0;
}
