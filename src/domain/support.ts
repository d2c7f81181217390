import type { Source } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { Capabilities } from './provider.ts';
import type { BackupRequest, MigrationRequest } from './request-schema.ts';

type Rule = (
  request: MigrationRequest,
  capabilities: Capabilities,
) => { readonly pointer: string; readonly what: string } | null;

/** What a provider may lack, as rules over its capabilities. Each names the field and what was asked of it. */
const rules: readonly Rule[] = [
  ({ mode = 'full' }, { modes }) => (modes.includes(mode) ? null : { pointer: '/mode', what: `mode \`${mode}\`` }),
  ({ source }, { sources }) =>
    sources.includes(source.type) ? null : { pointer: '/source/type', what: `a source of type \`${source.type}\`` },
  ({ source }, { filesPerBackup }) => tooMany(source, filesPerBackup.max, '/source'),
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

/** The fields of a request that the provider cannot serve, each with the providers that can. */
export function unsupportedFields(
  request: MigrationRequest,
  providers: readonly Capabilities[],
): readonly FieldFault[] {
  const chosen = providers.find((each) => each.id === request.provider);
  if (chosen === undefined)
    return [{ pointer: '/provider', detail: `The provider \`${request.provider}\` is not available here.` }];
  return rules.flatMap((rule) => {
    const lack = rule(request, chosen);
    if (lack === null) return [];
    // A limit of the source's type says nothing for a provider that does not take that type at all.
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
}

/** Faults of a request that contradict each other whatever the provider is. */
export function conflictingFields(request: MigrationRequest): readonly FieldFault[] {
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
  faults.push(...sourceConflicts(request.source));
  return faults;
}

/** Faults of a source that no schema can express. */
export function sourceConflicts(source: MigrationRequest['source']): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (source.type === 'url')
    source.urls.forEach((url, index) => {
      if (!URL.canParse(url) || /\s/.test(url))
        faults.push({ pointer: `/source/urls/${index}`, detail: 'This is not a valid URL.' });
    });
  if (source.type === 'object_storage')
    source.keys.forEach((key, index) => {
      if (key.startsWith('/'))
        faults.push({ pointer: `/source/keys/${index}`, detail: 'An object key does not start with a slash.' });
      else if (/\p{Cc}/u.test(key))
        faults.push({ pointer: `/source/keys/${index}`, detail: 'An object key must not contain control characters.' });
    });
  return faults;
}

/** What a provider lacks for one more backup of a chain. */
export function unsupportedBackupFields(request: BackupRequest, capabilities: Capabilities): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (!capabilities.sources.includes(request.source.type))
    faults.push({
      pointer: '/source/type',
      detail: `${capabilities.title} does not support a source of type \`${request.source.type}\`.`,
    });
  const many = tooMany(request.source, capabilities.filesPerBackup.max, '/source');
  if (many) faults.push({ pointer: many.pointer, detail: `${capabilities.title} does not support ${many.what}.` });
  return faults;
}

function tooMany(
  source: MigrationRequest['source'] | Source,
  max: number,
  at: string,
): { readonly pointer: string; readonly what: string } | null {
  if (source.type === 'object_storage' && source.keys.length > max)
    return { pointer: `${at}/keys`, what: `more than ${counted(max, 'object')} per backup` };
  if (source.type === 'url' && source.urls.length > max)
    return { pointer: `${at}/urls`, what: `more than ${counted(max, 'URL')} per backup` };
  return null;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
