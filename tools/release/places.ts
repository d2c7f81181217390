/** Where the version stands in a file. */
export interface Place {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly what: string;
  /** Matches the version alone, with the `g` flag. */
  readonly pattern: RegExp;
}

/** Everything that carries the version, but for the changelog; `package.json` first: it is what the others are compared with. */
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

/** The versions that stand there, in order; empty: the place is gone. */
export function versionsAt({ pattern }: Place, text: string): readonly string[] {
  return text.match(pattern) ?? [];
}

/** The text with that version there. Throws when the place is gone. */
export function withVersion(place: Place, text: string, version: string): string {
  if (versionsAt(place, text).length === 0) throw new Error(`${place.file} has no ${place.what} to set`);
  return text.replaceAll(place.pattern, () => version);
}
