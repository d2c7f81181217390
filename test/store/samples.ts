import { newId } from '../../src/domain/ids.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { LeaseRequest } from '../../src/domain/store.ts';
import type { Webhook } from '../../src/domain/webhook.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { noon } from '../support/samples.ts';

let created = 0;

/** A webhook for all events of all accounts. */
export function sampleWebhook(overrides: Partial<Webhook> = {}): Webhook {
  return {
    id: newId('whk', { now: () => noon + ++created, randomBytes: systemRuntime.randomBytes }),
    url: { display: 'https://hooks.example/godwit', sealed: 'sealed-url' },
    description: null,
    eventTypes: [],
    accounts: ['*'],
    sealedSecret: 'sealed-secret',
    enabled: true,
    disabledReason: null,
    caller: 'ci',
    createdAt: noon,
    updatedAt: noon,
    version: 1,
    ...overrides,
  };
}

/** A target with these database names. */
export function onDatabases(...names: string[]): Pick<Migration, 'target'> {
  return { target: { instanceId: 'rm-uf6wjk5', databases: names.map((name) => ({ name })), overwrite: false } };
}

export function lease(overrides: Partial<LeaseRequest> = {}): LeaseRequest {
  return { owner: 'worker-1', now: noon, leaseMs: 30_000, ...overrides };
}

/** A lease that has expired when it is taken. */
export const noLease: LeaseRequest = lease({ owner: 'gone', leaseMs: -1 });
