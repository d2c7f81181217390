import type { ServerResponse } from 'node:http';
import type { SandboxCloud, SandboxRequest, SandboxResponse } from './cloud.ts';
import { type FaultRule, faultEffects } from './faults.ts';
import { send, startAnswer } from './http.ts';

/** A request with everything that a fault needs. */
export interface Exchange {
  readonly cloud: SandboxCloud;
  readonly request: SandboxRequest;
  readonly outgoing: ServerResponse;
  /** Executes the request in the cloud and saves the state. */
  handle(): SandboxResponse;
  /** The cloud's time in milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

const defaultMs = 1000;
const drops = 16;
const page =
  '<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Something went wrong</h1></body></html>';

/** Answers a request and applies the fault, if any. The operation is executed at most once. */
export async function deliver(exchange: Exchange, rule: FaultRule | null): Promise<void> {
  const { cloud, request, outgoing } = exchange;
  const answer = (response: SandboxResponse) => send(outgoing, response, exchange.now());
  if (rule === null) return answer(exchange.handle());
  if (rule.kind === 'delay_before') await exchange.sleep(rule.ms ?? defaultMs);
  const honest: SandboxResponse = faultEffects[rule.kind].carriedOut
    ? exchange.handle()
    : { status: 503, headers: {}, body: '' };
  switch (rule.kind) {
    case 'throttled':
      return answer(cloud.fault('throttled', request));
    case 'unavailable_before':
    case 'unavailable_after':
      return answer(cloud.fault('unavailable', request));
    case 'internal_error_before':
    case 'internal_error_after':
      return answer(cloud.fault('internal_error', request));
    case 'vendor_error_before':
    case 'vendor_error_after':
      return answer(namedError(cloud, request, rule));
    case 'drop_before':
    case 'drop_after':
      return void outgoing.destroy();
    case 'reset_before':
    case 'reset_after':
      return void outgoing.socket?.resetAndDestroy();
    case 'delay_before':
      return answer(honest);
    case 'delay_after':
      await exchange.sleep(rule.ms ?? defaultMs);
      return answer(honest);
    case 'garbage_html_before':
    case 'garbage_html_after':
      return answer({ status: rule.status ?? 200, headers: { 'content-type': 'text/html' }, body: page });
    case 'truncated':
      return answer({ ...honest, body: honest.body.slice(0, Math.ceil(honest.body.length / 2)) });
    case 'empty_body':
      return answer({ status: rule.status ?? 200, headers: {}, body: '' });
    case 'cut_body':
      return cutShort(exchange, honest);
    case 'slow_body':
      return drip(exchange, honest, rule.ms ?? defaultMs);
  }
}

function namedError(cloud: SandboxCloud, request: SandboxRequest, rule: FaultRule): SandboxResponse {
  const { code = 'InternalError', message, status } = rule;
  const error = { code, ...(message === undefined ? {} : { message }), ...(status === undefined ? {} : { status }) };
  return cloud.refuse?.(error, request) ?? cloud.fault('internal_error', request);
}

async function cutShort({ outgoing, now }: Exchange, response: SandboxResponse): Promise<void> {
  const body = Buffer.from(response.body);
  startAnswer(outgoing, response, now(), body.length);
  // The first half must be sent before the connection closes; otherwise the caller receives no response at all.
  await new Promise<void>((resolve) => outgoing.write(body.subarray(0, body.length >> 1), () => resolve()));
  outgoing.destroy();
}

async function drip({ outgoing, now, sleep }: Exchange, response: SandboxResponse, ms: number): Promise<void> {
  const body = Buffer.from(response.body);
  startAnswer(outgoing, response, now(), body.length);
  const cut = (index: number) => Math.round((index * body.length) / drops);
  for (let index = 0; index < drops && !outgoing.destroyed; index++) {
    await sleep(ms / drops);
    outgoing.write(body.subarray(cut(index), cut(index + 1)));
  }
  outgoing.end();
}
