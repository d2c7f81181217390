import {
  type SandboxCloud,
  type SandboxEnvironment,
  type SandboxRequest,
  type SandboxResponse,
  sandboxCredentials,
} from '../cloud.ts';
import { loadVendorOperations, type VendorOperation } from '../vendor-schema.ts';
import { faultInWords, malformed, named, wordFault } from './errors.ts';
import { admit, authenticate, type Caller } from './gateway.ts';
import { createTemporaryKey, createToken, listProjects, type PasswordLogin, type TemporaryKeyRequest } from './iam.ts';
import type { CreateJob } from './job.ts';
import { createJob, deleteJob, listJobs, showJob, updateJob, validateName } from './jobs.ts';
import { firstValue, parseQuery, type Query } from './query.ts';
import { listBackups, listDatabases, listInstances } from './rds.ts';
import { drsFailure, type Failure, failureReply, gatewayFailure } from './reply.ts';
import { faultsOf, type Match, match, readBody } from './route.ts';
import { type Context, emptyState, type HuaweiState } from './state.ts';

/** The emulated Huawei Cloud, with controls for tests. */
export interface HuaweiCloud extends SandboxCloud {
  /** Revokes all tokens, as a change of permissions does. */
  revokeTokens(): void;
}

/** Options of the emulated Huawei Cloud. */
export interface HuaweiOptions {
  /** Length of a token in characters. Default: 20,480, because real tokens exceed 16 KiB, the header limit of many clients. */
  readonly tokenLength?: number;
}

/** Emulates IAM, DRS and RDS behind one API gateway, distinguished by path. Deterministic over requests and the environment's clock. */
export function createHuaweiCloud(environment: SandboxEnvironment, options: HuaweiOptions = {}): HuaweiCloud {
  const state = (structuredClone(environment.restored) as HuaweiState | undefined) ?? emptyState();
  const tokenLength = options.tokenLength ?? 20_480;
  const newRequestId = () => environment.uuid().replaceAll('-', '');

  return {
    name: 'huawei',
    handle(request) {
      const context: Context = { environment, state, requestId: newRequestId(), now: environment.now() };
      const answer = serve(context, vendorOperations(), request, tokenLength);
      return 'layer' in answer ? failureReply(context.requestId, answer) : answer;
    },
    carryOut(name, { job_id: jobId = '', ...body }) {
      const context: Context = { environment, state, requestId: newRequestId(), now: environment.now() };
      const operation = vendorOperations().find((each) => each.operation === name);
      const path = { project_id: sandboxCredentials.huawei.projectId, job_id: String(jobId) };
      if (operation === undefined) return failureReply(context.requestId, named({ code: 'APIGW.0101' }));
      const matched: Match = { operation, service: 'drs', path };
      const value = Object.keys(body).length === 0 ? undefined : body;
      const [fault] = faultsOf(matched, [], value);
      const answer = fault === undefined ? carryOut(context, name, path, [], value) : wordFault(matched, fault);
      return 'layer' in answer ? failureReply(context.requestId, answer) : answer;
    },
    fault: (kind, request) =>
      failureReply(newRequestId(), faultInWords(kind, match(vendorOperations(), request)?.service === 'iam')),
    refuse: (error) => failureReply(newRequestId(), named(error)),
    operationOf: (request) => match(vendorOperations(), request)?.operation.operation ?? '?',
    journal: () => [...state.journal],
    snapshot: () => structuredClone(state),
    revokeTokens() {
      state.tokens = {};
    },
  };
}

let loaded: readonly VendorOperation[] | undefined;

/** Loads the operations once per process, at the first request. */
function vendorOperations(): readonly VendorOperation[] {
  loaded ??= [...loadVendorOperations('huawei').values()];
  return loaded;
}

/** Handles a request, from the checks of the gateway to the service. */
function serve(
  context: Context,
  operations: readonly VendorOperation[],
  request: SandboxRequest,
  tokenLength: number,
): SandboxResponse | Failure {
  const refused = admit(request);
  if (refused !== null) return refused;
  const matched = match(operations, request);
  if (matched === null) return named({ code: 'APIGW.0101' });
  const query = parseQuery(request.query);
  if (query === null) return gatewayFailure(400, '0201', 'Bad request');
  const name = matched.operation.operation;
  const body = readBody(request);

  // The only operation without authentication.
  if (name === 'KeystoneCreateUserTokenByPassword') {
    if (body === null || faultsOf(matched, query, body.value).length > 0) return malformed(matched);
    const nocatalog = firstValue(query, 'nocatalog') !== undefined;
    return createToken(context, body.value as PasswordLogin, nocatalog, tokenLength);
  }
  const caller = authenticate(context, request);
  if ('layer' in caller) return caller;
  const misplaced = checkProject(matched, caller);
  if (misplaced !== null) return misplaced;
  if (body === null) return malformed(matched);
  const [fault] = faultsOf(matched, query, body.value);
  if (fault !== undefined) return wordFault(matched, fault);
  return carryOut(context, name, matched.path, query, body.value);
}

function checkProject({ service, path }: Match, caller: Caller): Failure | null {
  if (service === 'iam' || caller.projectId === path.project_id) return null;
  return service === 'drs' ? drsFailure(403, 'M00261', 'Invalid project ID.') : named({ code: 'APIGW.0310' });
}

/** Executes an operation. Query and body conform to its schema, so their types are known. */
function carryOut(
  context: Context,
  operation: string,
  path: Readonly<Record<string, string>>,
  query: Query,
  body: unknown,
): SandboxResponse | Failure {
  const { project_id: projectId = '', job_id: jobId = '', instance_id: instanceId = '' } = path;
  switch (operation) {
    case 'KeystoneListProjects':
      return listProjects(context, query);
    case 'CreateTemporaryAccessKeyByToken':
      return createTemporaryKey(context, body as TemporaryKeyRequest);
    case 'CreateReplicationJob':
      return createJob(context, projectId, body as CreateJob);
    case 'ListReplicationJobs':
      return listJobs(context, projectId, query);
    case 'ShowReplicationJob':
      return showJob(context, projectId, jobId);
    case 'UpdateReplicationJob':
      return updateJob(context, projectId, jobId, body as { name: string; description?: string });
    case 'DeleteReplicationJob':
      return deleteJob(context, projectId, jobId);
    case 'ValidateJobName':
      return validateName(context, projectId, body as { name: string; type: string });
    case 'ListInstances':
      return listInstances(context, projectId, query);
    case 'ListBackups':
      return listBackups(context, query);
    case 'ListSqlserverDatabases':
      return listDatabases(context, projectId, instanceId, query);
    default:
      return gatewayFailure(404, '0103', 'The backend does not exist');
  }
}
