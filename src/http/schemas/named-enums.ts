import { namedEnums } from '../../domain/enum-schema.ts';
import { transitions } from '../../domain/lifecycle.ts';
import { problemCatalogue } from '../../domain/problem.ts';
import { reasonCatalogue, warningCatalogue } from '../../domain/reasons.ts';
import { restoreErrors } from '../../domain/restore-errors.ts';
import { type MigrationState, migrationStates, type ProviderId, terminalStates } from '../../domain/vocabulary.ts';

type Json = Readonly<Record<string, unknown>>;

const list = (entries: Readonly<Record<string, string>>): string =>
  Object.entries(entries)
    .map(([code, words]) => `* \`${code}\`: ${words}`)
    .join('\n');

const wordsOf = <Entry>(catalogue: Readonly<Record<string, Entry>>, words: (entry: Entry) => string): string =>
  list(Object.fromEntries(Object.entries(catalogue).map(([code, entry]) => [code, words(entry)])));

/** The successors of each state and their causes, from the table of legal transitions. */
function stateWords(): Readonly<Record<string, string>> {
  const following = (state: MigrationState): string =>
    Object.entries(transitions[state])
      .map(([next, cause]) => `\`${next}\` (${cause})`)
      .join('; ');
  return Object.fromEntries(
    migrationStates.map((state) => [
      state,
      `${terminalStates.includes(state) ? 'terminal. ' : ''}${following(state) === '' ? '' : `Then ${following(state)}.`}`.trim(),
    ]),
  );
}

const descriptions: Readonly<Record<string, string>> = {
  Action: 'What can be asked of a migration.',
  BackupForm:
    'What a backup file is: `plain`, `compressed`, or `unreadable` (encrypted, packed in an unknown form, or no backup).',
  BackupState: 'The state of a backup: `queued` waits for its turn; `skipped` was no longer needed.',
  BackupType: 'Kind of a backup.',
  EventType: 'What happened.',
  FeedVerdict:
    'The result for a file of a watched folder: `taken` as a backup, `waiting` for its turn or its end, `needless` for the chain, or `refused`.',
  Mode: '`full`: one restore, then online. `full_log` and `full_differential`: a chain that waits at `awaiting_backup` until its end.',
  SourceType: 'Kind of a source.',
  MigrationState: `The state of a migration, and its possible successors.\n\n${list(stateWords())}`,
  ProviderId: 'A cloud.',
  ProblemCode: `Why a request was rejected; \`GET /problems\` returns the catalogue.\n\n${wordsOf(problemCatalogue, ({ title }) => `${title}.`)}`,
  Reason: `Why a migration does not proceed.\n\n${wordsOf(reasonCatalogue, ({ meaning }) => meaning)}`,
  RestoreErrorCode: `Why a restore failed, the same for the same cause on every cloud.\n\n${wordsOf(restoreErrors, ({ detail }) => detail)}`,
  Warning: `Information for people about a migration that is not itself at fault.\n\n${wordsOf(warningCatalogue, ({ meaning }) => meaning)}`,
};

/** The closed sets of strings as named schemas of the OpenAPI document. */
export function enumSchemas(providerIds: readonly ProviderId[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries({ ...namedEnums, ProviderId: providerIds }).map(([name, values]) => {
      const description = descriptions[name];
      return [name, { type: 'string', enum: [...values], ...(description && { description }) }];
    }),
  );
}

/** A reference in place of a schema made by `enumOf`, with the schema's description; undefined for any other schema. */
export function enumReference(schema: Json): Json | undefined {
  const { type: _type, enum: values, title, ...rest } = schema;
  if (!Array.isArray(values) || typeof title !== 'string') return undefined;
  if (title !== 'ProviderId' && !Object.hasOwn(namedEnums, title)) return undefined;
  return { $ref: `#/components/schemas/${title}`, ...rest };
}

/** A copy of the value with a reference in place of every schema made by `enumOf`. */
export function withEnumReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withEnumReferences);
  if (typeof value !== 'object' || value === null) return value;
  return (
    enumReference(value as Json) ??
    Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withEnumReferences(member)]))
  );
}
