import type { Backup, Call, Migration, Refs } from '../../../src/domain/migration.ts';
import type { Observation } from '../../../src/domain/provider.ts';
import type { Dialogue, VendorFailure, VendorReply, VendorRequest } from '../../../src/domain/vendor.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import type { TencentAccount } from '../../../src/providers/tencent/account.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import { sampleBackup, sampleMigration } from '../../support/samples.ts';

export const account: TencentAccount = {
  name: 'tc-main',
  provider: 'tencent',
  region: 'ap-guangzhou',
  endpoints: {},
  limits: { readsPerSecond: 20, writesPerSecond: 20 },
  timeZone: '+08:00',
};
export const instanceId = 'mssql-rdc0gajn';
export const taskId = 'mssql-backup-migration-kpl74n9l';
export const childId = 'mssql-incremental-migration-ab12cd34';
export const sentAt = Date.UTC(2026, 10, 21, 11, 8, 0);

export const logName = 'orders_20261121190800_2log2_2noreconvery2.bak';

export function backup(changes: Partial<Backup> = {}): Backup {
  return sampleBackup({
    id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w',
    source: { type: 'object_storage', bucket: 'acme-1250000000', keys: ['prod/orders_full.bak'] },
    final: false,
    createdAt: sentAt,
    ...changes,
  });
}

export function increment(changes: Partial<Backup> = {}): Backup {
  return backup({
    id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t2x',
    type: 'log',
    source: { type: 'object_storage', bucket: 'acme-1250000000', keys: [`prod/${logName}`] },
    ...changes,
  });
}

export function migration(changes: Partial<Migration> = {}): Migration {
  return sampleMigration({
    id: 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w',
    provider: 'tencent',
    account: account.name,
    region: account.region,
    name: 'orders-2026',
    target: { instanceId, overwrite: false },
    backups: [backup()],
    createdAt: sentAt,
    updatedAt: sentAt,
    dueAt: null,
    ...changes,
  });
}

export function call(operation: string, of: Backup, changes: Partial<Call> = {}): Call {
  return {
    number: 1,
    step: 'restore',
    backupId: of.id,
    attempt: of.attempt,
    operation,
    state: 'accepted',
    sentAt,
    settledAt: sentAt,
    refs: {},
    error: null,
    requestId: null,
    looks: 0,
    ...changes,
  };
}

/** A single full restore that the vendor has accepted. */
export function running(
  changes: Partial<Migration> = {},
  refs: Refs = { backupMigrationId: taskId, flowId: '1001399' },
) {
  return migration({
    state: 'restoring',
    providerRefs: refs,
    backups: [backup({ state: 'restoring', providerRefs: refs })],
    ...changes,
  });
}

/** A log chain with a restored full backup and these increments. */
export function chain(increments: readonly Backup[], changes: Partial<Migration> = {}): Migration {
  const refs = { backupMigrationId: taskId, flowId: '1001399' };
  return migration({
    mode: 'full_log',
    state: 'restoring',
    providerRefs: refs,
    backups: [backup({ state: 'restored', providerRefs: refs }), ...increments],
    ...changes,
  });
}

export const inFlight = (changes: Partial<Backup> = {}) =>
  increment({
    state: 'restoring',
    providerRefs: { incrementalMigrationId: childId, flowId: '1001400' },
    ...changes,
  });

/** A task as the vendor's list shows it. */
export function task(status: unknown, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    MigrationId: taskId,
    MigrationName: 'orders',
    AppId: 1250000000,
    Region: 'ap-guangzhou',
    InstanceId: instanceId,
    RecoveryType: 'FULL',
    UploadType: 'COS_URL',
    BackupFiles: [],
    Status: status,
    CreateTime: '2026-11-21 19:08:00',
    StartTime: '2026-11-21 19:09:00',
    EndTime: '0000-00-00 00:00:00',
    Message: '',
    Detail: { StepAll: 3, StepNow: 1, Progress: 40, StepInfo: null },
    Action: { AllAction: ['view', 'modify', 'start', 'incremental', 'delete', 'upload'], AllowedAction: ['view'] },
    IsRecovery: '',
    DBRename: null,
    ...changes,
  };
}

export const child = (status: unknown, changes: Record<string, unknown> = {}) =>
  task(status, { MigrationId: childId, MigrationName: '', IsRecovery: 'NO', ...changes });

export function rawReply(body: string, httpStatus = 200, headers: Record<string, string> = {}): VendorReply {
  return { httpStatus, headers, body, receivedAt: sentAt };
}

export const reply = (response: unknown) => rawReply(JSON.stringify({ Response: response }));
export const refusal = (code: string, message = 'no') =>
  reply({ Error: { Code: code, Message: message }, RequestId: 'r-1' });
export const tasks = (...set: unknown[]) =>
  reply({ TotalCount: set.length, BackupMigrationSet: set, RequestId: 'r-1' });
export const children = (...set: unknown[]) =>
  reply({ TotalCount: set.length, IncrementalMigrationSet: set, RequestId: 'r-2' });

type Answer = VendorReply | VendorFailure['kind'] | ((body: Record<string, unknown>) => VendorReply);

/** The body of a request as an object. */
export const bodyOf = (request: VendorRequest | undefined) => (request?.body ?? {}) as Record<string, unknown>;

/**
 * Runs a dialogue against canned answers, one per request in order, as the transport does: it throws failures into the
 * dialogue. Returns the requests too.
 */
export function converse<T>(
  dialogue: Dialogue<T>,
  answers: readonly Answer[],
): { result: T; requests: VendorRequest[] } {
  const requests: VendorRequest[] = [];
  let step = dialogue.next();
  while (!step.done) {
    const request = step.value;
    const canned = answers[requests.length];
    requests.push(request);
    if (canned === undefined) throw new Error(`no answer left for ${request.operation}`);
    const answer = typeof canned === 'function' ? canned(bodyOf(request)) : canned;
    const failure = typeof answer === 'string' ? failureOfKind(answer, request) : tencent.failureOf(request, answer);
    if (failure !== null) step = dialogue.throw(new VendorError(failure));
    else if (typeof answer !== 'string') step = dialogue.next(answer);
  }
  return { result: step.value, requests };
}

export type Answers = readonly Answer[];

export const observe = (migrations: readonly Migration[], answers: Answers) =>
  converse(tencent.observe(migrations, account, sentAt), answers);

/** The observation of one migration. Fails when it leaves an answer unused. */
export function observeOne(of: Migration, ...answers: Answers): Observation {
  const { result, requests } = observe([of], answers);
  if (requests.length !== answers.length) throw new Error(`${requests.length} requests for ${answers.length} answers`);
  const observation = result.get(of.id);
  if (observation === undefined) throw new Error('nothing observed');
  return observation;
}

/** State and vendor status of each observed backup. */
export const backupStates = ({ backups }: Observation) =>
  backups.map(({ state, providerStatus }) => [state, providerStatus]);

function failureOfKind(kind: VendorFailure['kind'], { operation }: VendorRequest): VendorFailure {
  return {
    kind,
    code: 'provider_unavailable',
    detail: kind,
    retryable: true,
    provider: { name: 'tencent', operation, code: null, message: null, requestId: null, httpStatus: null },
  };
}
