import {
  type SandboxCloud,
  type SandboxEnvironment,
  type SandboxRequest,
  type SandboxResponse,
  sandboxCredentials,
  type WordedFault,
} from '../cloud.ts';
import { loadVendorOperations, type VendorOperation } from '../vendor-schema.ts';
import { failure, Refusal, success } from './answer.ts';
import { describeBackupCommand } from './backup-command.ts';
import type { Handler } from './call.ts';
import { describeFlowStatus } from './flow.ts';
import {
  createBackupMigration,
  deleteBackupMigration,
  modifyBackupMigration,
  startBackupMigration,
} from './full-import.ts';
import { admit } from './gateway.ts';
import {
  createIncrementalMigration,
  deleteIncrementalMigration,
  modifyIncrementalMigration,
  startIncrementalMigration,
} from './increment.ts';
import { describeDatabases, describeDbInstances, describeRegions } from './inventory.ts';
import { describeBackupMigration, describeIncrementalMigration } from './listing.ts';
import { readParameters } from './parameters.ts';
import { emptyState, type TencentState } from './state.ts';
import { describeBackupUploadSize, describeUploadBackupInfo, describeUploadIncrementalInfo } from './upload.ts';

const handlers: ReadonlyMap<string, Handler> = new Map([
  ['CreateBackupMigration', createBackupMigration],
  ['ModifyBackupMigration', modifyBackupMigration],
  ['StartBackupMigration', startBackupMigration],
  ['DescribeBackupMigration', describeBackupMigration],
  ['DeleteBackupMigration', deleteBackupMigration],
  ['CreateIncrementalMigration', createIncrementalMigration],
  ['StartIncrementalMigration', startIncrementalMigration],
  ['ModifyIncrementalMigration', modifyIncrementalMigration],
  ['DeleteIncrementalMigration', deleteIncrementalMigration],
  ['DescribeIncrementalMigration', describeIncrementalMigration],
  ['DescribeFlowStatus', describeFlowStatus],
  ['DescribeUploadBackupInfo', describeUploadBackupInfo],
  ['DescribeUploadIncrementalInfo', describeUploadIncrementalInfo],
  ['DescribeBackupUploadSize', describeBackupUploadSize],
  ['DescribeBackupCommand', describeBackupCommand],
  ['DescribeDBInstances', describeDbInstances],
  ['DescribeDatabases', describeDatabases],
  ['DescribeRegions', describeRegions],
]);

const wordedFaults: Readonly<Record<WordedFault, readonly [code: string, message: string]>> = {
  throttled: ['RequestLimitExceeded', 'More requests in this second than the limit of 20 allows.'],
  unavailable: ['ServiceUnavailable', 'The service is temporarily not available.'],
  internal_error: ['InternalError.SystemError', 'An internal error has occurred.'],
};

/** Emulates the backup import of TencentDB for SQL Server, version 2018-03-28. It is strict about signatures and parameters. */
export function createTencentCloud(environment: SandboxEnvironment): SandboxCloud {
  const state =
    environment.restored === undefined ? emptyState() : (structuredClone(environment.restored) as TencentState);

  /** Executes an authorized operation. */
  function run(operation: VendorOperation, request: SandboxRequest, requestId: string): SandboxResponse {
    const parameters = readParameters(request, operation);
    const action = operation.operation;
    const handler = handlers.get(action);
    if (handler === undefined) throw new Refusal('ActionOffline', `${action} is not part of the sandbox.`);
    const region = request.headers['x-tc-region'] ?? '';
    const now = environment.now();
    return success(handler({ action, parameters, region, requestId, now, state, environment }), requestId);
  }

  function handle(request: SandboxRequest): SandboxResponse {
    const requestId = environment.uuid();
    const now = environment.now();
    try {
      const operation = admit(request, loadVendorOperations('tencent'), sandboxCredentials.tencent, now);
      return run(operation, request, requestId);
    } catch (error) {
      if (error instanceof Refusal) return failure(error, requestId);
      throw error;
    }
  }

  return {
    name: 'tencent',
    handle: (request) => withTrace(request, handle(request)),
    carryOut: (action, { region = 'ap-guangzhou', ...parameters }) => {
      const requestId = environment.uuid();
      const operation = loadVendorOperations('tencent').get(action);
      const headers = { 'content-type': 'application/json', 'x-tc-region': String(region) };
      const request = { method: 'POST', path: '/', query: '', headers, body: JSON.stringify(parameters) };
      try {
        if (operation === undefined) throw new Refusal('InvalidAction', `${action} is unknown.`);
        return run(operation, request, requestId);
      } catch (error) {
        if (error instanceof Refusal) return failure(error, requestId);
        throw error;
      }
    },
    fault: (kind, request) => {
      const [code, message] = wordedFaults[kind];
      return withTrace(request, failure(new Refusal(code, message), environment.uuid()));
    },
    refuse: ({ code, message }, request) =>
      withTrace(
        request,
        failure(new Refusal(code, message ?? 'An error of this kind was asked for.'), environment.uuid()),
      ),
    operationOf: (request) => request.headers['x-tc-action'] || '?',
    journal: () => state.journal,
    snapshot: () => structuredClone(state),
  };
}

/** Returns the caller's trace id with the response, as the service does. */
function withTrace(request: SandboxRequest, response: SandboxResponse): SandboxResponse {
  const trace = request.headers['x-tc-traceid'];
  return trace === undefined ? response : { ...response, headers: { ...response.headers, 'x-tc-traceid': trace } };
}
