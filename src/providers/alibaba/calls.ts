import { createHash } from 'node:crypto';
import { type Backup, fullBackup, type Migration } from '../../domain/migration.ts';
import { type CallInput, type ChangingCall, noObjection } from '../../domain/provider.ts';
import type { VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { percentEncode } from '../kit/percent.ts';
import { type AlibabaAccount, alibabaAccount } from './account.ts';
import { ossHost } from './endpoints.ts';
import { findOpen, findRestore, findTerminate } from './find.ts';
import { chainHandle, destinationName, isChain } from './migration-task.ts';
import { objectToRestore } from './objection.ts';
import { optionsOf } from './options.ts';
import { answerOf, garbled, textOf } from './reply.ts';

type Query = VendorRequest['query'];

/** Stands for the chain's task id in a plan for which the vendor has not assigned one yet. No task has this id. */
const handlePlaceholder = '{migrateTaskId}';
/** Maximum length of a ClientToken in characters (CreateOnlineDatabaseTask page). */
const maxClientToken = 64;

function writeRequest(operation: string, query: Query): VendorRequest {
  return { operation, service: 'rds', effect: 'write', method: 'POST', path: '/', query, headers: {}, body: undefined };
}

function checkMode(migration: Migration): readonly [string, string] {
  return ['CheckDBMode', migration.options.consistencyCheck === 'sync' ? 'SyncExecuteDBCheck' : 'AsyncExecuteDBCheck'];
}

function chainBase(account: AlibabaAccount, migration: Migration): 'updf' | 'full' {
  return optionsOf(migration).chainBase ?? account.chainBase;
}

/** The parameters that distinguish a one-shot restore, the base of a chain and an increment (CreateMigrateTask page). */
function modeParameters(input: CallInput, backup: Backup): Query {
  const { migration } = input;
  if (!isChain(migration)) return [['BackupMode', 'FULL'], ['IsOnlineDB', 'True'], checkMode(migration)];
  if (backup.type === 'full') {
    const base = chainBase(alibabaAccount(input.account), migration);
    return [
      ['BackupMode', base === 'full' ? 'FULL' : 'UPDF'],
      ['IsOnlineDB', 'False'],
    ];
  }
  return [
    ['BackupMode', 'UPDF'],
    ['IsOnlineDB', 'False'],
    ['MigrateTaskId', chainHandle(migration) ?? handlePlaceholder],
  ];
}

/**
 * The location of the file. Several URLs are joined by `|` and encoded as a whole, in addition to the encoding of every parameter
 * (CreateMigrateTask page).
 */
function sourceParameter(input: CallInput, backup: Backup): readonly [string, string] {
  const { source } = backup;
  if (source.type === 'object_storage') {
    const endpoint = source.endpoint ?? ossHost(input.migration.region);
    return ['OssObjectPositions', source.keys.map((key) => `${endpoint}:${source.bucket}:${key}`).join('|')];
  }
  if (source.type === 'url') {
    const urls = source.urls.map((url) => input.open(url).replaceAll('|', '%7C'));
    const joined = urls.join('|');
    return ['OSSUrls', alibabaAccount(input.account).ossUrlsEncoding === 'none' ? joined : percentEncode(joined)];
  }
  throw new Error(`backup ${backup.id} has a source that this vendor cannot read: ${source.type}`);
}

function requiredBackup(input: CallInput): Backup {
  if (input.backup === null) throw new Error(`a restore of ${input.migration.id} needs a backup`);
  return input.backup;
}

/** The ClientToken of an opening: at most 64 printable ASCII characters. It is the same for every attempt to open the same task. */
function clientToken(migration: Migration): string {
  const token = `${migration.id}-open-${chainHandle(migration) ?? fullBackup(migration).id}`;
  const fits = token.length <= maxClientToken && /^[\x21-\x7e]+$/.test(token);
  return fits ? token : createHash('sha256').update(token, 'utf8').digest('hex');
}

function chainParameters(migration: Migration): Query {
  return [
    ['DBInstanceId', migration.target.instanceId],
    ['MigrateTaskId', chainHandle(migration) ?? handlePlaceholder],
  ];
}

/** Parses a response that contains only a request id. Older revisions of the pages show it in a wrapper, which is accepted too. */
function acknowledged(operation: string, reply: VendorReply): Record<string, never> {
  if (textOf(answerOf(operation, reply), 'RequestId') === null) {
    throw garbled(operation, reply, 'it contains no request id');
  }
  return {};
}

const create = 'CreateMigrateTask';
const online = 'CreateOnlineDatabaseTask';
const terminate = 'TerminateMigrateTask';

/**
 * Restores one file: of a one-shot migration, the base of a chain, or the next file of a chain (CreateMigrateTask page). The call is not
 * idempotent at the vendor.
 */
export const restoreCall: ChangingCall = {
  operation: create,
  refs: { required: ['migrateTaskId'], optional: ['taskId'] },
  needsFile: true,
  build(input) {
    const backup = requiredBackup(input);
    return writeRequest(create, [
      ['DBInstanceId', input.migration.target.instanceId],
      ['DBName', destinationName(input.migration)],
      ...modeParameters(input, backup),
      sourceParameter(input, backup),
    ]);
  },
  parse(reply) {
    const answer = answerOf(create, reply);
    const migrateTaskId = textOf(answer, 'MigrateTaskId');
    if (migrateTaskId === null) throw garbled(create, reply, 'it contains no migration task id');
    const taskId = textOf(answer, 'TaskId');
    return { migrateTaskId, ...(taskId === null ? {} : { taskId }) };
  },
  find: findRestore,
  objection: objectToRestore,
};

/** Recovers the database of a chain and brings it online (CreateOnlineDatabaseTask page). */
export const openCall: ChangingCall = {
  operation: online,
  refs: { required: [], optional: [] },
  needsFile: false,
  build({ migration }) {
    return writeRequest(online, [
      ...chainParameters(migration),
      ['DBName', destinationName(migration)],
      checkMode(migration),
      ['ClientToken', clientToken(migration)],
    ]);
  },
  parse: (reply) => acknowledged(online, reply),
  find: findOpen,
  objection: noObjection,
};

/** Terminates the task (TerminateMigrateTask page). The vendor does not document the state of the partially restored database. */
export const cancelCall: ChangingCall = {
  operation: terminate,
  refs: { required: [], optional: [] },
  needsFile: false,
  build: ({ migration }) => writeRequest(terminate, chainParameters(migration)),
  parse: (reply) => acknowledged(terminate, reply),
  find: findTerminate,
  objection: noObjection,
};
