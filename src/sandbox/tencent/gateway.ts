import type { SandboxRequest } from '../cloud.ts';
import type { VendorOperation } from '../vendor-schema.ts';
import { Refusal } from './answer.ts';
import { type Keys, timestampOf, verifySignature } from './signature.ts';

/** The regions of the product with their numbers (Request Structure page). */
export const regions: ReadonlyMap<string, number> = new Map([
  ['ap-guangzhou', 1],
  ['ap-shanghai', 4],
  ['ap-hongkong', 5],
  ['ap-shanghai-fsi', 7],
  ['ap-beijing', 8],
  ['ap-singapore', 9],
  ['ap-shenzhen-fsi', 11],
  ['na-siliconvalley', 15],
  ['ap-chengdu', 16],
  ['eu-frankfurt', 17],
  ['ap-seoul', 18],
  ['ap-chongqing', 19],
  ['na-ashburn', 22],
  ['ap-bangkok', 23],
  ['ap-tokyo', 25],
  ['ap-nanjing', 33],
  ['ap-jakarta', 72],
  ['sa-saopaulo', 74],
]);

/**
 * Checks a request as the common gateway does before a product receives it: protocol, common headers, signature, action, version and region
 * (Common Params and Error Codes pages). Returns the operation. Throws `Refusal`.
 */
export function admit(
  request: SandboxRequest,
  operations: ReadonlyMap<string, VendorOperation>,
  keys: Keys,
  now: number,
): VendorOperation {
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw new Refusal('UnsupportedProtocol', 'Only GET and POST are supported.');
  }
  if (request.path !== '/') throw new Refusal('InvalidRequest', 'The path is always /.');
  if (request.method === 'POST' && request.query !== '') {
    throw new Refusal('InvalidRequest', 'A POST has no query.');
  }
  const size = request.method === 'GET' ? request.query.length : Buffer.byteLength(request.body);
  if (size > (request.method === 'GET' ? 32 : 10 * 1024) * 1024) {
    throw new Refusal('RequestSizeLimitExceeded', 'The request is too large.');
  }
  const action = common(request, 'x-tc-action');
  const version = common(request, 'x-tc-version');
  timestampOf(request.headers);
  verifySignature(request, keys, now);
  if (version !== '2018-03-28') throw new Refusal('NoSuchVersion', `There is no version ${version}.`);
  const operation = operations.get(action);
  if (operation === undefined) throw new Refusal('InvalidAction', `There is no action ${action}.`);
  const region = common(request, 'x-tc-region');
  if (!regions.has(region)) throw new Refusal('UnsupportedRegion', `The region ${region} is not served.`);
  return operation;
}

function common(request: SandboxRequest, name: string): string {
  const value = request.headers[name];
  if (value === undefined || value === '') throw new Refusal('MissingParameter', `The header ${name} is missing.`);
  return value;
}
