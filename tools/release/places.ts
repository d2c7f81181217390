/** A place of the version in a file. */
export interface Place {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly what: string;
  /** Matches only the version, with the `g` flag. */
  readonly pattern: RegExp;
}

/** All places of the version except the changelog. `package.json` comes first: the others are compared with it. */
export const places: readonly Place[] = [
  { file: 'package.json', what: 'version', pattern: /(?<=^ {2}"version": ")[^"]+/gm },
  { file: 'package-lock.json', what: 'version', pattern: /(?<=^ {2}"version": ")[^"]+/gm },
  {
    file: 'package-lock.json',
    what: 'root package',
    pattern: /(?<="packages": \{\n {4}"": \{\n {6}"name": "godwit",\n {6}"version": ")[^"]+/g,
  },
  { file: 'client/package.json', what: 'version', pattern: /(?<=^ {2}"version": ")[^"]+/gm },
  { file: 'helm/godwit/Chart.yaml', what: 'version', pattern: /(?<=^version: ).+/gm },
  { file: 'helm/godwit/Chart.yaml', what: 'appVersion', pattern: /(?<=^appVersion: ")[^"]+/gm },
  { file: 'Dockerfile', what: 'label', pattern: /(?<=^ARG VERSION=).+/gm },
  { file: 'src/http/settings.ts', what: 'default', pattern: /(?<=^ {2}version: ')[^']+/gm },
  { file: 'openapi/openapi.yaml', what: 'info', pattern: /(?<=^ {2}title: Godwit\n {2}version: ).+/gm },
  {
    file: 'docs/operations/install-kubernetes.md',
    what: 'image tag',
    pattern: /(?<=registry\.example\.com\/godwit:)\d[\w.-]*/g,
  },
];

/** The versions at that place, in order; empty: the place is missing. */
export function versionsAt({ pattern }: Place, text: string): readonly string[] {
  return text.match(pattern) ?? [];
}

/** The text with the new version. Throws if the place is missing. */
export function withVersion(place: Place, text: string, version: string): string {
  if (versionsAt(place, text).length === 0) throw new Error(`${place.file} has no ${place.what} to set`);
  return text.replaceAll(place.pattern, () => version);
}
