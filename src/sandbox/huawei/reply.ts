import type { SandboxResponse } from '../cloud.ts';

/** The layer whose error format a rejection has. */
export type Layer = 'gateway' | 'iam' | 'drs' | 'rds';

/** A rejection, independent of the format of its layer. */
export interface Failure {
  readonly layer: Layer;
  readonly status: number;
  /** The vendor's code; null for IAM's `/v3` responses, which have none. */
  readonly code: string | null;
  readonly message: string;
}

/** A rejection by the API gateway (API Gateway error codes page). */
export function gatewayFailure(status: number, code: string, message: string): Failure {
  return { layer: 'gateway', status, code: `APIGW.${code}`, message };
}

/** HTTP 401 APIGW.0301 with one of its sub-messages. */
export function unauthenticated(reason: string): Failure {
  return gatewayFailure(401, '0301', `Incorrect IAM authentication information: ${reason}`);
}

/** A rejection by DRS (Error Code page of the DRS API reference). */
export function drsFailure(status: number, code: string, message: string): Failure {
  return { layer: 'drs', status, code: `DRS.${code}`, message };
}

/** DRS.M00202 for a parameter with an invalid value, or DRS.M00201 for a missing one. `name`: dotted path. */
export function badParameter(name: string, missing = false): Failure {
  return missing
    ? drsFailure(400, 'M00201', `The parameter ${name} is empty.`)
    : drsFailure(400, 'M00202', `The value of parameter ${name} is invalid.`);
}

/** A rejection in the format of IAM's `/v3` responses, which have a title and no code. */
export function iamFailure(status: number, message: string): Failure {
  return { layer: 'iam', status, code: null, message };
}

/** A JSON response with the request id in its header. */
export function jsonReply(
  requestId: string,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': requestId, ...headers },
    body: JSON.stringify(body),
  };
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A rejection in the format of its layer. */
export function failureReply(requestId: string, failure: Failure): SandboxResponse {
  const { layer, status, code, message } = failure;
  if (layer === 'gateway') {
    const body = { error_msg: message, error_code: code, request_id: requestId };
    return jsonReply(requestId, status, body, { Server: 'api-gateway' });
  }
  if (layer === 'iam' && code === null) {
    return jsonReply(requestId, status, { error: { code: status, message, title: titles[status] ?? 'Error' } });
  }
  // According to a public bug report, RDS answers 404 with other members than its reference documents.
  if (layer === 'rds' && status === 404)
    return jsonReply(requestId, status, { errCode: code, externalMessage: message });
  return jsonReply(requestId, status, { error_code: code, error_msg: message });
}
