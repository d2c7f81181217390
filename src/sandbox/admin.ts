import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CloudName,
  type JournalEntry,
  type SandboxRequest,
  type SandboxResponse,
  sandboxCredentials,
} from './cloud.ts';
import type { Conditions } from './conditions.ts';
import { type FaultRule, type Faults, isCloudOrAll, readFaultRule } from './faults.ts';
import { readRequest, send } from './http.ts';
import { readPut } from './object-store/admin.ts';
import type { ObjectAdministration } from './object-store/stores.ts';

/** The state that the admin interface shows and changes. */
export interface AdminSubjects {
  readonly faults: Faults;
  journal(): readonly JournalEntry[];
  readonly conditions: Conditions;
  readonly urls: Readonly<Record<CloudName, { readonly url: string }>>;
  readonly clockOffsetMs: Readonly<Record<CloudName, number>>;
  readonly listLagMs: Readonly<Record<CloudName, number>>;
  now(): number;
  /** The cloud's time in milliseconds since the epoch. */
  timeOf(cloud: CloudName): number;
  readonly objects: ObjectAdministration;
  /** Executes an operation at a cloud as another person would in the vendor's console. */
  carryOut(cloud: CloudName, operation: string, parameters: Readonly<Record<string, unknown>>): SandboxResponse;
}

type Answer = readonly [status: number, body: unknown];

/**
 * The admin interface, JSON over HTTP:
 *
 * `GET /` URLs and credentials · `GET /journal[?cloud=…]` · `GET /faults` · `POST /faults` one rule or a list of them ·
 * `DELETE /faults` · `GET /objects?cloud=…` · `PUT /objects` `{ cloud, bucket, key, backup | text, storageClass, growsMs }` ·
 * `POST /calls` `{ cloud, operation, parameters }`, an operation from the vendor's console ·
 * `GET /clock` · `POST /clock` `{ cloud, offsetMs }` · `GET /lag` · `POST /lag` `{ cloud, ms }`.
 *
 * An invalid request is answered with 400 and changes nothing.
 */
export function adminRoutes(subjects: AdminSubjects) {
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const [status, body] = route(subjects, request);
    const headers = { 'content-type': 'application/json' };
    send(outgoing, { status, headers, body: `${JSON.stringify(body, null, 2)}\n` }, subjects.now());
  };
}

function route(subjects: AdminSubjects, request: SandboxRequest): Answer {
  const { faults, conditions } = subjects;
  switch (`${request.method} ${request.path}`) {
    case 'GET /':
      return [200, { urls: subjects.urls, credentials: sandboxCredentials }];
    case 'GET /journal': {
      const cloud = new URLSearchParams(request.query).get('cloud');
      return [200, subjects.journal().filter((entry) => cloud === null || entry.cloud === cloud)];
    }
    case 'GET /faults':
      return [200, faults.list()];
    case 'POST /faults':
      return addFaults(faults, parse(request.body));
    case 'DELETE /faults':
      faults.clear();
      return [200, []];
    case 'GET /clock':
      return [200, subjects.clockOffsetMs];
    case 'POST /clock':
      return change(parse(request.body), 'offsetMs', conditions.setClock, subjects.clockOffsetMs);
    case 'GET /lag':
      return [200, subjects.listLagMs];
    case 'POST /lag':
      return change(parse(request.body), 'ms', conditions.setListLag, subjects.listLagMs);
    case 'GET /objects': {
      const cloud = new URLSearchParams(request.query).get('cloud');
      return isCloud(cloud) ? [200, subjects.objects.list(cloud)] : [400, { error: 'name a cloud' }];
    }
    case 'PUT /objects': {
      const put = readPut(parse(request.body), subjects.timeOf);
      if (typeof put === 'string') return [400, { error: put }];
      subjects.objects.put(put.cloud, put.file);
      return [201, put.file];
    }
    case 'POST /calls':
      return carryOut(subjects, parse(request.body));
    default:
      return [404, { error: `there is no ${request.method} ${request.path}` }];
  }
}

function carryOut(subjects: AdminSubjects, body: unknown): Answer {
  const { cloud, operation, parameters, ...rest } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const understood =
    isCloud(cloud) &&
    typeof operation === 'string' &&
    typeof parameters === 'object' &&
    parameters !== null &&
    Object.keys(rest).length === 0;
  if (!understood) return [400, { error: '{ "cloud": …, "operation": "CreateMigrateTask", "parameters": { … } }' }];
  const { status, body: answer } = subjects.carryOut(cloud, operation, parameters as Readonly<Record<string, unknown>>);
  return [status, parse(answer) ?? answer];
}

function isCloud(value: unknown): value is CloudName {
  return isCloudOrAll(value) && value !== '*';
}

function addFaults(faults: Faults, body: unknown): Answer {
  const rules: FaultRule[] = [];
  for (const value of Array.isArray(body) ? body : [body]) {
    const rule = readFaultRule(value);
    if (typeof rule === 'string') return [400, { error: rule }];
    rules.push(rule);
  }
  for (const rule of rules) faults.add(rule);
  return [201, faults.list()];
}

function change(
  body: unknown,
  member: 'offsetMs' | 'ms',
  apply: (cloud: CloudName | '*', value: number) => void,
  now: Readonly<Record<CloudName, number>>,
): Answer {
  const error = { error: `{ "cloud": "alibaba" | "huawei" | "tencent" | "*", "${member}": whole number }` };
  if (typeof body !== 'object' || body === null) return [400, error];
  const { cloud = '*', [member]: value, ...rest } = body as Readonly<Record<string, unknown>>;
  if (!isCloudOrAll(cloud) || !Number.isInteger(value) || Object.keys(rest).length > 0) return [400, error];
  apply(cloud, Number(value));
  return [200, now];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
