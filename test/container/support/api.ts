import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationRepresentation } from '../../../src/domain/answer-schema.ts';
import type { JournalEntry } from '../../../src/sandbox/cloud.ts';

const key = 'container-test-key';

/** The entry of the key that the tests send, without its accounts. */
export const testKey = {
  name: 'tests',
  sha256: createHash('sha256').update(key).digest('hex'),
  scopes: ['migrations:read', 'migrations:write', 'migrations:cutover'],
} as const;

export interface Answer<T = MigrationRepresentation> {
  readonly status: number;
  readonly body: T;
}

/** One gateway, over HTTP. */
export interface GatewayApi {
  readonly url: string;
  get<T = MigrationRepresentation>(path: string): Promise<Answer<T>>;
  /** Rejects with a `TypeError` when the connection fails, also during the answer. */
  create(request: object, idempotencyKey?: string): Promise<Answer>;
  /** Polls until the migration is in that state; rejects after `withinMs`. */
  reaches(id: string, state: string, withinMs?: number): Promise<MigrationRepresentation>;
}

/** The administration of the emulated clouds. */
export interface SandboxApi {
  fault(rule: object): Promise<void>;
  /** Resolves when every fault has fired: the awaited call has arrived. */
  faultsMet(): Promise<void>;
  /** Restores that began on this instance at the cloud. */
  restores(instanceId: string): Promise<readonly JournalEntry[]>;
}

export function gatewayApi(url: string): GatewayApi {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const get = async <T>(path: string): Promise<Answer<T>> => read<T>(await fetch(`${url}${path}`, { headers }));
  return {
    url,
    get,
    create: async (request, idempotencyKey) => {
      const all = idempotencyKey === undefined ? headers : { ...headers, 'idempotency-key': idempotencyKey };
      return read(await fetch(`${url}/migrations`, { method: 'POST', headers: all, body: JSON.stringify(request) }));
    },
    reaches: async (id, state, withinMs = 30_000) => {
      const until = performance.now() + withinMs;
      for (;;) {
        const { body } = await get<MigrationRepresentation>(`/migrations/${id}`);
        if (body.state === state) return body;
        if (performance.now() > until)
          throw new Error(`${id} is ${body.state} and not ${state}: ${JSON.stringify(body)}`);
        await pause(200);
      }
    },
  };
}

export function sandboxApi(url: string): SandboxApi {
  return {
    fault: async (rule) => {
      const answer = await fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify(rule) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    faultsMet: async () => {
      for (;;) {
        const rules = (await (await fetch(`${url}/faults`)).json()) as { fired: number }[];
        if (rules.every(({ fired }) => fired > 0)) return;
        await pause(50);
      }
    },
    restores: async (instanceId) => {
      const journal = (await (await fetch(`${url}/journal`)).json()) as JournalEntry[];
      return journal.filter((entry) => entry.effect === 'restore' && entry.instanceId === instanceId);
    },
  };
}

/** Valid requests for any emulated cloud, each to a separate instance. */
export const requests = {
  alibaba: (number: number) => ({
    provider: 'alibaba',
    target: { instanceId: `rm-uf6wjk5xxx${padded(number)}`, databases: [{ name: 'orders' }] },
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
  }),
  huawei: (number: number) => ({
    provider: 'huawei',
    target: { instanceId: `6b2e9c54f2c84d6f8d3b7c1a0e5f${padded(number)}in04`, databases: [{ name: 'orders' }] },
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
  }),
  tencent: (number: number) => ({
    provider: 'tencent',
    target: { instanceId: `mssql-rdc0${padded(number)}` },
    source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders_full.bak'] },
  }),
} as const;

function padded(number: number): string {
  return String(number).padStart(4, '0');
}

async function read<T>(answer: Response): Promise<Answer<T>> {
  return { status: answer.status, body: (await answer.json()) as T };
}
