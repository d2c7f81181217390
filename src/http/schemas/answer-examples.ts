import type { MigrationRepresentation } from '../../domain/answer-schema.ts';
import { type ProblemCode, problemCatalogue, problemCodes } from '../../domain/problem.ts';
import { reasonCatalogue } from '../../domain/reasons.ts';
import { restoreErrors } from '../../domain/restore-errors.ts';
import type { MigrationState } from '../../domain/vocabulary.ts';

/** Examples of responses, kept once in the document and referenced. */

const id = 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w';
const at = (minute: number) => `2026-11-21T19:${String(minute).padStart(2, '0')}:00.000Z`;
const vendorWords = {
  name: 'alibaba',
  operation: 'CreateMigrateTask',
  code: 'InvalidDBName',
  message: 'The specified DB name is not allowed.',
  requestId: '7A3F1E0C-5B1D-4C8E-9F35-2B6D8E4A1C70',
  httpStatus: 400,
};
const error = {
  code: 'newer_version',
  detail: restoreErrors.newer_version.detail,
  retryable: false,
  provider: { ...vendorWords, operation: 'DescribeMigrateTasks', code: null, httpStatus: 200 },
} as MigrationRepresentation['error'];
const source = { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/sales_full.bak'] } as const;

const backup = {
  id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1x',
  type: 'full',
  source,
  final: false,
  header: null,
  state: 'restored',
  providerStatus: 'Waiting',
  providerRefs: { migrateTaskId: '564563256', taskId: '5451225' },
  error: null,
  createdAt: at(8),
  submittedAt: at(8),
  finishedAt: at(20),
} as const;

const atRest: MigrationRepresentation = {
  id,
  provider: 'alibaba',
  account: 'ali-main',
  region: 'cn-hangzhou',
  name: 'sales-2026',
  description: null,
  labels: { team: 'sales' },
  mode: 'full_log',
  target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'sales' }], overwrite: false },
  source: { ...source, keys: [...source.keys] },
  options: {},
  state: 'awaiting_backup',
  stateReason: null,
  providerStatus: 'Waiting',
  providerRefs: { migrateTaskId: '564563256', taskId: '5451225' },
  actions: ['add_backup', 'cut_over', 'cancel'],
  blocking: [],
  warnings: [],
  progress: { percent: null, backupsTotal: 1, backupsRestored: 1, behindSeconds: null },
  backups: [{ ...backup, source: { ...source, keys: [...source.keys] } }],
  error: null,
  createdBy: 'ci',
  createdAt: at(8),
  startedAt: at(8),
  finishedAt: null,
  updatedAt: at(20),
  observedAt: at(20),
};
const first = (state: 'queued' | 'submitting' | 'restoring' | 'failed', providerStatus: string | null) => [
  {
    ...backup,
    source: { ...source, keys: [...source.keys] },
    state,
    providerStatus,
    finishedAt: state === 'failed' ? at(15) : null,
    error: state === 'failed' ? error : null,
    ...(state === 'submitting' && { submittedAt: null, providerRefs: {} }),
  },
];

const byState: Readonly<Record<MigrationState, MigrationRepresentation>> = {
  pending: {
    ...atRest,
    state: 'pending',
    stateReason: 'outcome_unknown',
    providerStatus: null,
    providerRefs: {},
    actions: ['cancel'],
    blocking: [
      {
        code: 'outcome_unknown',
        detail: reasonCatalogue.outcome_unknown.meaning,
        since: at(8),
        provider: {
          ...vendorWords,
          code: null,
          message: 'no answer within 10 seconds',
          requestId: null,
          httpStatus: null,
        },
      } as MigrationRepresentation['blocking'][number],
    ],
    progress: { percent: null, backupsTotal: 1, backupsRestored: 0, behindSeconds: null },
    backups: first('submitting', null),
    startedAt: null,
  },
  restoring: {
    ...atRest,
    state: 'restoring',
    providerStatus: 'Running',
    actions: ['add_backup', 'cancel'],
    progress: { percent: 40, backupsTotal: 1, backupsRestored: 0, behindSeconds: null },
    backups: first('restoring', 'Running'),
  },
  awaiting_backup: atRest,
  cutting_over: { ...atRest, state: 'cutting_over', providerStatus: 'Running', actions: [] },
  cancelling: { ...atRest, state: 'cancelling', actions: [] },
  succeeded: { ...atRest, state: 'succeeded', providerStatus: 'Success', actions: ['delete'], finishedAt: at(31) },
  failed: {
    ...atRest,
    state: 'failed',
    providerStatus: 'Failed',
    actions: ['retry', 'delete'],
    progress: { percent: null, backupsTotal: 1, backupsRestored: 0, behindSeconds: null },
    backups: first('failed', 'Failed'),
    error,
    finishedAt: at(15),
  },
  cancelled: { ...atRest, state: 'cancelled', actions: ['delete'], finishedAt: at(25) },
};

const event = {
  id: 'evt_01kbzq3m8e9v6x2c4n7p5r0t1y',
  migrationId: id,
  account: 'ali-main',
  type: 'migration.state_changed',
  at: at(20),
  data: { from: 'restoring', to: 'awaiting_backup' },
};
const page = (item: unknown) => ({ items: [item], nextPageToken: null });
const problemEntry = { code: 'target_busy', ...problemCatalogue.target_busy };

/** Examples by schema name. A schema is missing where an example would add nothing to it. */
const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Migration: byState,
  MigrationPage: { page: page(byState.restoring) },
  Backup: { restored: backup },
  BackupPage: { page: page(backup) },
  EventPage: { page: page(event) },
  AccountPage: { page: page({ name: 'ali-main', provider: 'alibaba', region: 'cn-hangzhou' }) },
  DryRun: {
    valid: {
      valid: true,
      problems: [],
      notes: [],
      plan: [
        {
          operation: 'CreateMigrateTask',
          method: 'POST',
          url: 'https://rds.aliyuncs.com/',
          parameters: { DBInstanceId: 'rm-uf6wjk5xxxxxxx', DBName: 'sales', BackupMode: 'UPDF', IsOnlineDB: 'False' },
        },
      ],
    },
    faults: {
      valid: false,
      problems: [
        {
          code: 'unsupported_by_provider',
          pointer: '/target/databases',
          detail: 'Alibaba Cloud restores exactly one database.',
        },
      ],
      notes: [],
      plan: [],
    },
  },
  BackupCommand: {
    command: { command: "BACKUP DATABASE [sales] TO DISK = N'D:\\sales.bak' WITH COMPRESSION, CHECKSUM" },
  },
  Health: { ready: { status: 'ready' } },
  ProblemEntry: { target_busy: problemEntry },
  ProblemEntryPage: { page: page(problemEntry) },
};

const pascal = (text: string) => text.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A problem document as an example. */
function problemExample(code: ProblemCode): object {
  const { status, title, retryable, help } = problemCatalogue[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: help,
    instance: 'req_01kbzq3m8e9v6x2c4n7p5r0t1z',
    code,
    retryable,
    ...(code === 'invalid_request' && { errors: [{ pointer: '/source/keys/0', detail: 'must not be empty' }] }),
    ...(code.startsWith('provider_') && { provider: vendorWords }),
  };
}

/** `components.examples` of the OpenAPI document. */
export function documentExampleComponents(): Readonly<Record<string, { summary: string; value: unknown }>> {
  const answers = Object.entries(values).flatMap(([schema, examples]) =>
    Object.entries(examples).map(([name, value]) => [`${schema}${pascal(name)}`, { summary: name, value }] as const),
  );
  const problems = problemCodes.map(
    (code) =>
      [`Problem${pascal(code)}`, { summary: problemCatalogue[code].title, value: problemExample(code) }] as const,
  );
  return Object.fromEntries([...answers, ...problems].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** References to the examples of a response; undefined if there are none. `only`: the names of possible examples. */
export function answerExamples(schema: string, only?: readonly string[]): Record<string, object> | undefined {
  const names = Object.keys(values[schema] ?? {}).filter((name) => only === undefined || only.includes(name));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${schema}${pascal(name)}` }]));
}

/** References to the examples of problems. */
export function problemExamples(codes: readonly string[]): Record<string, object> {
  return Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/Problem${pascal(code)}` }]));
}
