import { sandboxCredentials } from '../cloud.ts';
import type { Call } from './call.ts';
import { Refusal } from './errors.ts';
import {
  acs3Signature,
  acs3StringToSign,
  type Pair,
  rpcSignature,
  rpcStringToSign,
  same,
  sha256,
} from './signature.ts';

const { accessKeyId, stsAccessKeyId, accessKeySecret, securityToken } = sandboxCredentials.alibaba;

/** Maximum difference between the timestamp of a request and the cloud's time, in milliseconds. */
const timestampToleranceMs = 15 * 60_000;

/** Access keys that are disabled, with the error code. They have the usual secret. */
const uselessKeys: ReadonlyMap<string, string> = new Map([
  ['sandbox-alibaba-inactive', 'InvalidAccessKeyId.Inactive'],
  ['sandbox-alibaba-disabled', 'Forbidden.AccessKeyDisabled'],
]);

/** Access keys of users without permissions, with the error code. They have the usual secret. */
const powerlessKeys: ReadonlyMap<string, string> = new Map([
  ['sandbox-alibaba-forbidden', 'Forbidden.RAM'],
  ['sandbox-alibaba-nopermission', 'NoPermission'],
]);

/** Checks timestamp, access key, token and signature. Throws `Refusal`. `now`: the cloud's time. */
export function authenticate(call: Call, now: number): void {
  const credential = call.style === 'rpc' ? checkRpcForm(call) : acs3Credential(call);
  checkTime(call, now);
  const useless = uselessKeys.get(credential);
  if (useless !== undefined) throw new Refusal(useless);
  const known = [accessKeyId, stsAccessKeyId, ...powerlessKeys.keys()];
  if (!known.includes(credential)) throw new Refusal('InvalidAccessKeyId.NotFound');
  checkToken(credential, call.common.SecurityToken);
  if (call.style === 'rpc') checkRpcSignature(call);
  else checkAcs3Signature(call);
  const powerless = powerlessKeys.get(credential);
  if (powerless !== undefined) throw denied(powerless, call.common.Action ?? '');
}

function checkRpcForm(call: Call): string {
  const { common } = call;
  for (const name of ['AccessKeyId', 'SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp']) {
    if (!common[name]) throw new Refusal(`Missing${name}`, `${name} is mandatory for this action.`);
  }
  if (!common.Signature) throw new Refusal('IncompleteSignature');
  if (common.SignatureMethod !== 'HMAC-SHA1') throw new Refusal('InvalidSignatureMethod');
  if (common.SignatureVersion !== '1.0') throw new Refusal('IncompleteSignature', 'SignatureVersion must be 1.0.');
  return common.AccessKeyId ?? '';
}

function checkTime(call: Call, now: number): void {
  const text = call.common.Timestamp ?? '';
  if (text === '') throw new Refusal('MissingTimestamp', 'Timestamp is mandatory for this action.');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) throw new Refusal('InvalidTimeStamp.Format');
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Refusal('IllegalTimestamp');
  if (Math.abs(time - now) > timestampToleranceMs) throw new Refusal('InvalidTimeStamp.Expired');
}

function checkToken(credential: string, token: string | undefined): void {
  if (!credential.startsWith('STS.')) {
    if (token !== undefined) throw new Refusal('InvalidSecurityToken.MismatchWithAccessKey');
    return;
  }
  if (!token) throw new Refusal('MissingSecurityToken');
  if (token === securityToken) return;
  if (token === `${securityToken}-expired`) throw new Refusal('InvalidSecurityToken.Expired');
  const malformed = !/^[\x21-\x7e]{8,}$/.test(token);
  throw new Refusal(`InvalidSecurityToken.${malformed ? 'Malformed' : 'MismatchWithAccessKey'}`);
}

function checkRpcSignature(call: Call): void {
  const pairs = [...call.query, ...call.form].filter(([name]) => name !== 'Signature');
  const stringToSign = rpcStringToSign(call.request.method, pairs);
  if (!same(rpcSignature(accessKeySecret, stringToSign), call.common.Signature ?? '')) throw mismatch(stringToSign);
}

interface Authorization {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readAuthorization(call: Call): Authorization {
  const header = call.request.headers.authorization ?? '';
  const [algorithm, rest = ''] = header.split(' ', 2);
  if (algorithm !== 'ACS3-HMAC-SHA256')
    throw new Refusal(header === '' ? 'IncompleteSignature' : 'InvalidSignatureMethod');
  const match = /^Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})$/.exec(rest);
  const [, credential, signedHeaders, signature] = match ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new Refusal('IncompleteSignature');
  }
  return { credential, signedHeaders: signedHeaders.split(';'), signature };
}

function acs3Credential(call: Call): string {
  const { headers } = call.request;
  const { credential } = readAuthorization(call);
  for (const name of ['x-acs-signature-nonce', 'x-acs-date', 'x-acs-content-sha256']) {
    if (!headers[name]) throw new Refusal('IncompleteSignature', `The header ${name} is missing.`);
  }
  const named = headers['x-acs-accesskey-id'];
  if (named !== undefined && named !== credential)
    throw new Refusal('IncompleteSignature', 'Two access keys are named.');
  return credential;
}

function checkAcs3Signature(call: Call): void {
  const { headers, body, method, path } = call.request;
  const { signedHeaders, signature } = readAuthorization(call);
  // All these headers must be signed; otherwise a third party could change them in transit.
  const meaningful = (name: string) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-');
  const expected = Object.keys(headers).filter(meaningful).sort();
  if (expected.join(';') !== signedHeaders.join(';')) {
    throw new Refusal('IncompleteSignature', `The signed headers must be ${expected.join(';')}.`);
  }
  const bodyHash = sha256(body);
  if (headers['x-acs-content-sha256'] !== bodyHash)
    throw new Refusal('SignatureDoesNotMatch', 'The body hash differs.');
  const signed = signedHeaders.map((name): Pair => [name, headers[name] ?? '']);
  const stringToSign = acs3StringToSign({ method, path, query: call.query, headers: signed, bodyHash });
  if (!same(acs3Signature(accessKeySecret, stringToSign), signature)) throw mismatch(stringToSign);
}

function mismatch(stringToSign: string): Refusal {
  const message = `Specified signature does not match our calculation. server string to sign is:${stringToSign}`;
  return new Refusal('SignatureDoesNotMatch', message);
}

function denied(code: string, action: string): Refusal {
  return new Refusal(code, undefined, {
    AccessDeniedDetail: {
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      AuthPrincipalOwnerId: '1000000000000001',
      AuthPrincipalType: 'SubUser',
      AuthPrincipalDisplayName: '2000000000000001',
      NoPermissionType: 'ImplicitDeny',
      AuthAction: `rds:${action}`,
    },
  });
}
