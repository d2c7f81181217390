import type { SandboxResponse } from '../cloud.ts';

/** A rejection by the cloud. `code`: from the vendor's list, such as `ResourceUnavailable.CosStatusErr`. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** The envelope of a success. */
export function success(fields: Readonly<Record<string, unknown>>, requestId: string): SandboxResponse {
  return envelope({ ...fields, RequestId: requestId });
}

/** The envelope of a failure. Its HTTP status is 200 too (Responses page). */
export function failure(refusal: Refusal, requestId: string): SandboxResponse {
  return envelope({ Error: { Code: refusal.code, Message: refusal.message }, RequestId: requestId });
}

function envelope(response: Readonly<Record<string, unknown>>): SandboxResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Response: response }),
  };
}
