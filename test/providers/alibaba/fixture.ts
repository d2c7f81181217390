import type { Backup, Call, Migration } from '../../../src/domain/migration.ts';
import type { CallInput, ProbeInput } from '../../../src/domain/provider.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { type Dialogue, VendorError, type VendorReply, type VendorRequest } from '../../../src/domain/vendor.ts';
import type { AlibabaAccount, AlibabaCredentials } from '../../../src/providers/alibaba/account.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { sampleBackup, sampleCall, sampleMigration } from '../../support/samples.ts';

/** 2024-01-02T03:04:05.678Z, when the tests send their calls. */
export const sentAt = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
export const instanceId = 'rm-uf6wjk5xxxxxxx';

export const account: AlibabaAccount = {
  provider: 'alibaba',
  name: 'ali-main',
  region: 'cn-hangzhou',
  endpoints: {},
  limits: { readsPerSecond: 5, writesPerSecond: 2 },
  signature: 'rpc',
  chainBase: 'updf',
};
export const credentials: AlibabaCredentials = {
  provider: 'alibaba',
  accessKeyId: 'testid',
  accessKeySecret: new Secret('testsecret'),
};

export function backup(changes: Partial<Backup> = {}): Backup {
  return sampleBackup({
    id: 'bkp_full',
    final: false,
    state: 'restoring',
    createdAt: sentAt,
    submittedAt: sentAt,
    ...changes,
  });
}

export function log(number: number, changes: Partial<Backup> = {}): Backup {
  return backup({
    id: `bkp_log${number}`,
    type: 'log',
    source: { type: 'object_storage', bucket: 'acme-backups', keys: [`prod/orders_log${number}.trn`] },
    ...changes,
  });
}

export function call(changes: Partial<Call> = {}): Call {
  return sampleCall({
    backupId: 'bkp_full',
    state: 'accepted',
    sentAt,
    settledAt: sentAt,
    ...changes,
  });
}

export function migration(changes: Partial<Migration> = {}): Migration {
  return sampleMigration({
    id: 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w',
    target: { instanceId, databases: [{ name: 'orders' }], overwrite: false },
    state: 'restoring',
    providerRefs: { migrateTaskId: '564563256' },
    backups: [backup()],
    createdAt: sentAt,
    updatedAt: sentAt,
    dueAt: null,
    ...changes,
  });
}

export function callInput(changes: Partial<CallInput> = {}): CallInput {
  const of = changes.migration ?? migration();
  return { account, migration: of, backup: of.backups.at(-1) ?? null, open: (url) => url.sealed, ...changes };
}

export function probeInput(changes: Partial<ProbeInput> = {}): ProbeInput {
  return {
    ...callInput(changes),
    sentAt,
    now: sentAt + 20_000,
    begunBy: Number.MAX_SAFE_INTEGER,
    taken: new Set(),
    ...changes,
  };
}

/** A canned answer: a body (objects become JSON) with a status. */
export function reply(body: unknown, httpStatus = 200, headers: Record<string, string> = {}): VendorReply {
  return { httpStatus, headers, body: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: sentAt };
}

export const request: VendorRequest = {
  operation: 'CreateMigrateTask',
  service: 'rds',
  effect: 'write',
  method: 'POST',
  path: '/',
  query: [],
  headers: {},
  body: undefined,
};

export type Answer =
  | VendorReply
  | VendorError
  | ((query: Readonly<Record<string, string>>) => VendorReply | VendorError);
/** Answers by operation; a list is consumed in order. A call of any other operation fails the test. */
export type Script = Readonly<Record<string, Answer | readonly Answer[]>>;

export interface Conversation<T> {
  readonly value: T;
  /** The requests as operation and parameters. */
  readonly asked: readonly { readonly operation: string; readonly query: Readonly<Record<string, string>> }[];
}

/** Runs a dialogue against canned answers as the transport does: it throws failures into the dialogue. */
export function converse<T>(dialogue: Dialogue<T>, script: Script): Conversation<T> {
  const asked: { operation: string; query: Record<string, string> }[] = [];
  let step = dialogue.next();
  while (!step.done) {
    const asking = step.value;
    const query = Object.fromEntries(asking.query);
    const earlier = asked.filter(({ operation }) => operation === asking.operation).length;
    asked.push({ operation: asking.operation, query });
    const scripted = script[asking.operation];
    const answer = Array.isArray(scripted) ? scripted[earlier] : (scripted as Answer | undefined);
    if (answer === undefined) throw new Error(`nothing is scripted for ${asking.operation} number ${earlier + 1}`);
    const given = typeof answer === 'function' ? answer(query) : answer;
    const failure = given instanceof VendorError ? given : failureIn(asking, given);
    step = failure === null ? dialogue.next(given as VendorReply) : dialogue.throw(failure);
  }
  return { value: step.value, asked };
}

/** When the tests observe: five seconds after their calls were sent. */
export const observedAt = sentAt + 5_000;

/** The observation of one migration, and the operations that it took. */
export function observeOne(of: Migration, script: Script, at = observedAt) {
  const { value, asked } = converse(alibaba.observe([of], account, at), script);
  const observation = value.get(of.id);
  if (observation === undefined) throw new Error('not observed');
  return { observation, asked: asked.map(({ operation }) => operation) };
}

function failureIn(asking: VendorRequest, given: VendorReply): VendorError | null {
  const failure = alibaba.failureOf(asking, given);
  return failure === null ? null : new VendorError(failure);
}

/** The vendor's refusal with that code. */
export function refusal(code: string, httpStatus = 400): VendorReply {
  return reply(
    { RequestId: 'req-refused', HostId: 'rds.aliyuncs.com', Code: code, Message: `words of ${code}` },
    httpStatus,
  );
}

export function row(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    MigrateTaskId: '564563256',
    DBName: 'orders',
    BackupMode: 'FULL',
    Status: 'Running',
    IsDBReplaced: 'False',
    CreateTime: '2024-01-02T03:04:06Z',
    EndTime: '',
    Description: '',
    ...changes,
  };
}

/** Answer of DescribeMigrateTaskById. */
export function task(changes: Record<string, unknown> = {}): VendorReply {
  return reply({ RequestId: 'req-by-id', DBInstanceName: instanceId, ...row(changes) });
}

/** Answer of DescribeMigrateTasks with one page. */
export function tasks(rows: readonly Record<string, unknown>[], total = rows.length): VendorReply {
  return reply({
    RequestId: 'req-list',
    DBInstanceId: instanceId,
    PageNumber: 1,
    PageRecordCount: rows.length,
    TotalRecordCount: total,
    Items: { MigrateTask: rows },
  });
}

export function file(name: string, status: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    FileName: name,
    FileSize: '2',
    BackupMode: 'Database',
    IsAvailable: 'True',
    Status: status,
    CreateTime: '2024-01-02T03:04:06Z',
    EndTime: '',
    Description: '',
    ...changes,
  };
}

/** Answer of DescribeOssDownloads. */
export function files(...rows: readonly Record<string, unknown>[]): VendorReply {
  return reply({
    RequestId: 'req-files',
    DBInstanceId: instanceId,
    MigrateTaskId: '564563256',
    Items: { OssDownload: rows },
  });
}
