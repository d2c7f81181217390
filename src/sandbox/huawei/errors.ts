import type { NamedError, WordedFault } from '../cloud.ts';
import type { ParameterFault } from '../vendor-schema.ts';
import { badParameter, drsFailure, type Failure, iamFailure, type Layer } from './reply.ts';
import type { Match } from './route.ts';

/** The parameter error of RDS (Error Codes page of the RDS API reference). */
const parameterError: Failure = { layer: 'rds', status: 400, code: 'DBS.280001', message: 'Parameter error.' };

/** The error of each service for a body that is not JSON, or for an unspecified fault. */
export function malformed({ service }: Match): Failure {
  if (service === 'iam') return iamFailure(400, 'The request body is invalid');
  return service === 'rds' ? parameterError : drsFailure(400, 'M00007', 'Invalid request parameter.');
}

/** The error of each service for a request that violates its schema. */
export function wordFault(matched: Match, fault: ParameterFault): Failure {
  if (matched.service !== 'drs' || fault.name === '') return malformed(matched);
  return badParameter(fault.name, fault.kind === 'missing');
}

/** The error of the API gateway, or of IAM itself, for throttling, a missing backend or an internal error. */
export function faultInWords(kind: WordedFault, iam: boolean): Failure {
  if (kind === 'throttled') return named({ code: iam ? 'IAM.0012' : 'APIGW.0308' });
  if (kind === 'unavailable') return iam ? iamFailure(503, 'Service unavailable') : named({ code: 'APIGW.0201' });
  return iam ? iamFailure(500, 'Internal server error') : named({ code: 'APIGW.0601' });
}

const usual: ReadonlyMap<string, readonly [status: number, message: string]> = new Map(
  Object.entries({
    'APIGW.0101': [404, 'The API does not exist or has not been published in the environment'],
    'APIGW.0201': [502, 'Backend unavailable'],
    'APIGW.0301': [401, 'Incorrect IAM authentication information: decrypt token fail'],
    'APIGW.0302': [403, 'The IAM user is not authorized to access the API'],
    'APIGW.0307': [401, 'The token must be updated.'],
    'APIGW.0308': [429, 'The throttling threshold has been reached: policy user over ratelimit,limit:10'],
    'APIGW.0310': [403, 'The project is unavailable'],
    'APIGW.0601': [500, 'Internal server error'],
    'APIGW.0613': [503, 'The IAM service is unavailable'],
    'IAM.0002': [403, 'You are not authorized to perform the requested action'],
    'IAM.0006': [500, 'An unexpected error prevented the server from fulfilling your request'],
    'IAM.0012': [429, 'The throttling threshold has been reached. Threshold: 10 times per 60 seconds'],
    'IAM.0061': [401, 'The account is locked.'],
    'IAM.0081': [403, 'The user has access to the console alone'],
    'DRS.10000001': [400, 'Failed.'],
    'DRS.10000010': [400, 'Job does not exist, please check job ID.'],
    'DRS.10000024': [400, 'Another operation is in progress or the task is abnormal.'],
    'DRS.10020072': [400, 'User restricted.'],
    'DRS.M00002': [422, 'The returned result is empty.'],
    'DRS.M00004': [422, 'Service is abnormal. Check logs.'],
    'DRS.M00100': [403, 'Invalid token.'],
    'DRS.M00102': [403, 'You do not have sufficient permissions.'],
    'DRS.M00277': [422, 'The task name already exists.'],
    'DRS.M01503': [400, 'Operation too frequent.'],
    'DRS.M01504': [202, 'Another operation is being performed. Try again later.'],
    'DRS.M06021': [422, 'The destination DB instance is used by another task.'],
  } as const),
);

/** An error by its code, in the format of the layer that the prefix of the code names. */
export function named({ code, status, message }: NamedError): Failure {
  const [usualStatus, usualMessage] = usual.get(code) ?? [400, 'Failed.'];
  return { layer: layerOf(code), status: status ?? usualStatus, code, message: message ?? usualMessage };
}

function layerOf(code: string): Layer {
  if (/^(APIGW|APIG|APIC)\./.test(code)) return 'gateway';
  if (code.startsWith('IAM.')) return 'iam';
  return code.startsWith('DBS.') ? 'rds' : 'drs';
}
