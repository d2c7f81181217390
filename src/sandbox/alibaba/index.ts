import type { JournalEntry, SandboxCloud, SandboxEnvironment, SandboxRequest, SandboxResponse } from '../cloud.ts';
import { loadVendorOperations, type ParameterFault } from '../vendor-schema.ts';
import { failure, success } from './answer.ts';
import { authenticate } from './authentication.ts';
import { type Call, operationOf, readCall } from './call.ts';
import { createOnlineDatabaseTask, terminateMigrateTask } from './change-task.ts';
import type { Operation, OperationContext } from './context.ts';
import { createMigrateTask } from './create-task.ts';
import {
  checkDBNameAvailable,
  describeDatabases,
  describeDBInstanceAttribute,
  describeMigrateTaskById,
  describeMigrateTasks,
  describeOssDownloads,
} from './describe.ts';
import { inSecondVocabulary, Refusal } from './errors.ts';
import { findInstance } from './instance.ts';
import { type AlibabaSnapshot, AlibabaStore } from './store.ts';

const operations: ReadonlyMap<string, Operation> = new Map([
  ['CreateMigrateTask', createMigrateTask],
  ['CreateOnlineDatabaseTask', createOnlineDatabaseTask],
  ['TerminateMigrateTask', terminateMigrateTask],
  ['DescribeMigrateTasks', describeMigrateTasks],
  ['DescribeMigrateTaskById', describeMigrateTaskById],
  ['DescribeOssDownloads', describeOssDownloads],
  ['DescribeDBInstanceAttribute', describeDBInstanceAttribute],
  ['CheckDBNameAvailable', checkDBNameAvailable],
  ['DescribeDatabases', describeDatabases],
]);

const version = '2014-08-15';

/** Age in milliseconds from which lists show a task on an instance with `lag` in its id. */
const laggingInstanceMs = 5_000;

/** Emulates ApsaraDB RDS for SQL Server, limited to migrations from object storage. It is strict where the real service may be lenient. */
export function createAlibabaCloud(environment: SandboxEnvironment): SandboxCloud {
  const store = new AlibabaStore(environment.restored as AlibabaSnapshot | undefined);
  const newRequestId = () => environment.uuid().toUpperCase();

  function carryOut(request: SandboxRequest, requestId: string): Readonly<Record<string, unknown>> {
    const call = readCall(request);
    const action = call.common.Action;
    if (!action) throw new Refusal('MissingAction', 'Action is mandatory for this action.');
    if (!call.common.Version) throw new Refusal('MissingVersion', 'Version is mandatory for this action.');
    if (call.common.Version !== version) throw new Refusal('InvalidVersion');
    known(action);
    const now = environment.now();
    authenticate(call, now);
    if (!store.useNonce(call.common.SignatureNonce ?? '', now)) throw new Refusal('SignatureNonceUsed');
    return run(action, call.parameters, requestId);
  }

  function known(action: string) {
    const operation = operations.get(action);
    const schema = loadVendorOperations('alibaba').get(action);
    if (operation === undefined || schema === undefined) throw new Refusal('InvalidAction.NotFound');
    return { operation, schema };
  }

  /** Executes an authorized operation. */
  function run(action: string, parameters: Call['parameters'], requestId: string): Readonly<Record<string, unknown>> {
    const { operation, schema } = known(action);
    const now = environment.now();
    const [fault] = schema.validateQuery(parameters);
    if (fault !== undefined) throw refusalOf(fault);
    return inWords(action, parameters, (found) => {
      const askedAt = store.firstAsked(found.id);
      const busy = found.busyAtFirst && (askedAt === undefined || now < askedAt + environment.restoreMs);
      const instance = busy ? { ...found, status: 'TRANSING' } : found;
      const record = (effect: JournalEntry['effect'], taskId: string, subject: string) => {
        const { id } = instance;
        store.journal.push({
          at: now,
          cloud: 'alibaba',
          effect,
          operation: action,
          instanceId: id,
          taskId,
          subject,
          requestId,
        });
      };
      const listLagMs = Math.max(environment.listLagMs(), instance.lagging ? laggingInstanceMs : 0);
      const { restoreMs, objects } = environment;
      return operation({ parameters, instance, store, now, restoreMs, listLagMs, objects, record });
    });
  }

  const refuse = (refusal: Refusal, request: SandboxRequest) => failure(request, newRequestId(), refusal);
  return {
    name: 'alibaba',
    handle: (request): SandboxResponse => {
      const requestId = newRequestId();
      try {
        return success(request, requestId, carryOut(request, requestId));
      } catch (error) {
        if (error instanceof Refusal) return failure(request, requestId, error);
        throw error;
      }
    },
    carryOut: (operation, parameters) => {
      const requestId = newRequestId();
      try {
        const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)] as const);
        return success(asJson, requestId, run(operation, Object.fromEntries(texts), requestId));
      } catch (error) {
        if (error instanceof Refusal) return failure(asJson, requestId, error);
        throw error;
      }
    },
    fault: (kind, request) => {
      const codes = {
        throttled: 'Throttling.User',
        unavailable: 'ServiceUnavailable',
        internal_error: 'InternalError',
      };
      return refuse(new Refusal(codes[kind]), request);
    },
    refuse: ({ code, message, status }, request) => refuse(new Refusal(code, message, {}, status), request),
    operationOf,
    journal: () => store.journal,
    snapshot: () => store.snapshot(),
  };
}

/** A request that selects a JSON response. */
const asJson: SandboxRequest = { method: 'POST', path: '/', query: 'Format=JSON', headers: {}, body: '' };

/** Runs an operation on the named instance and converts a rejection to the vocabulary of that instance. */
function inWords<T>(
  action: string,
  parameters: Call['parameters'],
  run: (instance: OperationContext['instance']) => T,
): T {
  const opening = action === 'CreateOnlineDatabaseTask';
  const missing = opening ? 'InvalidDBInstanceName.NotFound' : 'InvalidDBInstanceId.NotFound';
  const instance = findInstance(parameters.DBInstanceId ?? '', missing);
  try {
    return run(instance);
  } catch (error) {
    throw error instanceof Refusal && instance.secondVocabulary ? inSecondVocabulary(error) : error;
  }
}

/** Error codes for invalid values of certain parameters. */
const codesOfValues: ReadonlyMap<string, string> = new Map([
  ['StartTime', 'InvalidStartTimeAndEndTime.Malformed'],
  ['EndTime', 'InvalidStartTimeAndEndTime.Malformed'],
  ['OssObjectPositions', 'InvalidOSSURL'],
  ['OSSUrls', 'InvalidOSSURL'],
]);

function refusalOf(fault: ParameterFault): Refusal {
  if (fault.kind === 'unknown') return new Refusal('InvalidParameter', `The parameter ${fault.detail}.`);
  if (fault.kind === 'missing')
    return new Refusal(`Missing${fault.name}`, `${fault.name} is mandatory for this action.`);
  const code = codesOfValues.get(fault.name) ?? `Invalid${fault.name}`;
  return new Refusal(code, `Specified parameter ${fault.detail}.`);
}
