import type { Instant } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { Capabilities } from './provider.ts';
import type { BackupRequest, MigrationRequest, SourceRequest } from './request-schema.ts';
import { looksStriped, sourceConflicts, stripedDetail } from './source-checks.ts';

/** A request with a source. For a folder or an adoption, one placeholder file takes its place. */
export type SourcedRequest = MigrationRequest & { readonly source: SourceRequest };

/** Adds the placeholder source to a request without one. */
export function sourced(request: MigrationRequest): SourcedRequest {
  const { source, feed } = request;
  if (source !== undefined) return { ...request, source };
  const key = `${feed?.prefix ?? ''}backup.bak`;
  return { ...request, source: { type: 'object_storage', bucket: feed?.bucket ?? '', keys: [key] } };
}

/** A check of one field. Returns the field and the unsupported value in words, or null. */
type Rule = (
  request: SourcedRequest,
  capabilities: Capabilities,
) => { readonly pointer: string; readonly what: string } | null;

/** The rules that compare a request with a provider's capabilities. */
const rules: readonly Rule[] = [
  ({ mode = 'full' }, { modes }) => (modes.includes(mode) ? null : { pointer: '/mode', what: `mode \`${mode}\`` }),
  ({ source }, { sources }) =>
    sources.includes(source.type) ? null : { pointer: '/source/type', what: `a source of type \`${source.type}\`` },
  ({ source }, capabilities) => tooMany(source, capabilities, '/source'),
  ({ target }, { databases }) =>
    (target.databases ?? []).length === 0 && !databases.optional
      ? { pointer: '/target/databases', what: 'a request without `databases`' }
      : null,
  ({ target }, { databases: { max } }) =>
    (target.databases?.length ?? 0) > max
      ? { pointer: '/target/databases', what: `more than ${counted(max, 'database')}` }
      : null,
  ({ target }, { databases: { renames } }) => {
    const renamed =
      target.databases?.filter(
        (database) => database.restoreAs !== undefined && database.restoreAs !== database.name,
      ) ?? [];
    return renamed.length > renames
      ? { pointer: '/target/databases', what: `more than ${counted(renames, 'renamed database')}` }
      : null;
  },
  ({ target }, { overwrite }) =>
    target.overwrite === true && !overwrite ? { pointer: '/target/overwrite', what: 'overwriting a database' } : null,
  ...(['consistencyCheck', 'precheck', 'keepDownloadedFiles'] as const).map(
    (name): Rule =>
      ({ options }, capabilities) =>
        options?.[name] === undefined || capabilities.options.includes(name)
          ? null
          : { pointer: `/options/${name}`, what: `the option \`${name}\`` },
  ),
];

/** The fields of a request that the provider does not support, each with the providers that do. Pointers are into the request. */
export function unsupportedFields(request: SourcedRequest, providers: readonly Capabilities[]): readonly FieldFault[] {
  const chosen = providers.find((each) => each.id === request.provider);
  if (chosen === undefined)
    return [{ pointer: '/provider', detail: `The provider \`${request.provider}\` is not available here.` }];
  const named = (request.target.databases ?? []).map(({ name }) => name);
  const striped: readonly FieldFault[] = looksStriped(request.source, named)
    ? [{ pointer: '/source/keys', detail: stripedDetail }]
    : [];
  const lacking = rules.flatMap((rule) => {
    const lack = rule(request, chosen);
    if (lack === null || striped.some(({ pointer }) => pointer === lack.pointer)) return [];
    // A limit of a source type does not apply to a provider without that type.
    const ofSource = lack.pointer.startsWith('/source/');
    const others = providers
      .filter((each) => each.id !== request.provider && rule(request, each) === null)
      .filter((each) => !ofSource || each.sources.includes(request.source.type))
      .map((each) => each.id);
    return [
      {
        pointer: lack.pointer,
        detail: `${chosen.title} does not support ${lack.what}. ${others.length === 0 ? 'No configured provider does.' : `Providers that do: ${others.join(', ')}.`}`,
      },
    ];
  });
  return [...striped, ...lacking];
}

/** Contradictions within a request, for every provider. `now`: by this process's clock, because links expire. Pointers are into the request. */
export function conflictingFields(request: MigrationRequest, now: Instant): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  for (const key of Object.keys(request.providerOptions ?? {}))
    if (key !== request.provider)
      faults.push({
        pointer: `/providerOptions/${key}`,
        detail: `Only the options of the chosen provider, \`${request.provider}\`, may be given.`,
      });
  const seen = new Map<string, number>();
  const names = new Map<string, number>();
  request.target.databases?.forEach((database, index) => {
    const restored = (database.restoreAs ?? database.name).toLowerCase();
    if (seen.has(restored))
      faults.push({
        pointer: `/target/databases/${index}`,
        detail: `Two databases would have the name \`${database.restoreAs ?? database.name}\` on the target.`,
      });
    else if (names.has(database.name.toLowerCase()))
      faults.push({
        pointer: `/target/databases/${index}/name`,
        detail: `The database \`${database.name}\` is listed twice.`,
      });
    seen.set(restored, index);
    names.set(database.name.toLowerCase(), index);
  });
  const { source, feed, adopt } = request;
  if (source === undefined && feed === undefined && adopt === undefined)
    faults.push({
      pointer: '/source',
      detail: 'Give `source`, `feed` for a folder, or `adopt` for a task that the vendor already has.',
    });
  if (source !== undefined && feed !== undefined)
    faults.push({ pointer: '/feed', detail: 'Give either `source` or `feed`, not both.' });
  if (adopt !== undefined && (source !== undefined || feed !== undefined))
    faults.push({ pointer: '/adopt', detail: '`adopt` excludes `source` and `feed`.' });
  if (source !== undefined) faults.push(...sourceConflicts(source, now));
  return faults;
}

/** The fields of a further backup that the provider does not support. Pointers are into the backup request. */
export function unsupportedBackupFields(request: BackupRequest, capabilities: Capabilities): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (!capabilities.sources.includes(request.source.type))
    faults.push({
      pointer: '/source/type',
      detail: `${capabilities.title} does not support a source of type \`${request.source.type}\`.`,
    });
  const many = tooMany(request.source, capabilities, '/source');
  if (looksStriped(request.source, [])) faults.push({ pointer: '/source/keys', detail: stripedDetail });
  else if (many) faults.push({ pointer: many.pointer, detail: `${capabilities.title} does not support ${many.what}.` });
  return faults;
}

function tooMany(
  source: SourceRequest,
  { filesPerBackup, urlsPerBackup }: Capabilities,
  at: string,
): { readonly pointer: string; readonly what: string } | null {
  if (source.type === 'object_storage' && source.keys.length > filesPerBackup.max)
    return { pointer: `${at}/keys`, what: `more than ${counted(filesPerBackup.max, 'object')} per backup` };
  if (source.type === 'url' && source.urls.length > urlsPerBackup.max)
    return { pointer: `${at}/urls`, what: `more than ${counted(urlsPerBackup.max, 'URL')} per backup` };
  return null;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
