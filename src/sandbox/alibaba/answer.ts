import type { SandboxRequest, SandboxResponse } from '../cloud.ts';
import { operationOf } from './call.ts';
import type { Refusal } from './errors.ts';

type Body = Readonly<Record<string, unknown>>;

/** The response to an accepted call. */
export function success(request: SandboxRequest, requestId: string, body: Body): SandboxResponse {
  return render(request, 200, requestId, `${operationOf(request)}Response`, { RequestId: requestId, ...body });
}

/** The response to a rejected call. */
export function failure(request: SandboxRequest, requestId: string, refusal: Refusal): SandboxResponse {
  const answer = render(request, refusal.status, requestId, 'Error', {
    RequestId: requestId,
    HostId: (request.headers.host ?? 'rds.aliyuncs.com').replace(/:\d+$/, ''),
    Code: refusal.code,
    Message: refusal.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${refusal.code}&product=Rds&requestId=${requestId}`,
    ...refusal.members,
  });
  if (!refusal.code.includes('Throttling')) return answer;
  return { ...answer, headers: { ...answer.headers, 'x-acs-retry-after': '500' } };
}

function render(request: SandboxRequest, status: number, requestId: string, root: string, body: Body): SandboxResponse {
  const xml = wantsXml(request);
  const headers = {
    'content-type': xml ? 'text/xml;charset=utf-8' : 'application/json;charset=utf-8',
    'x-acs-request-id': requestId,
  };
  const text = xml ? `<?xml version='1.0' encoding='UTF-8'?>${element(root, body)}` : JSON.stringify(body);
  return { status, headers, body: text };
}

/** Whether the response is XML. A client requests JSON with `Format` under SignatureVersion 1.0, and with `Accept` under ACS3. */
function wantsXml(request: SandboxRequest): boolean {
  if ((request.headers.authorization ?? '').startsWith('ACS3-')) return !/json/i.test(request.headers.accept ?? '');
  const format = /(?:^|&)Format=([^&]*)/.exec(`${request.query}&${request.body}`)?.[1];
  return format?.toLowerCase() !== 'json';
}

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, member]) => element(key, member))
      : [String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')];
  return `<${name}>${inner.join('')}</${name}>`;
}
