import { Problem } from '../../../src/domain/problem.ts';
import { entityTag } from '../../../src/domain/representation.ts';
import type { WebhookCaller, WebhookChange, WebhookService } from '../../../src/webhooks/interface.ts';
import { aDelivery, aWebhook } from './fixtures.ts';
import { type Recorded, recorded } from './recorded.ts';

/** The secret of every new webhook. */
export const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export type FakeWebhooks = Recorded<WebhookService>;

/** A service that holds one webhook with one delivery. Tests replace its methods to change its behaviour. */
export function fakeWebhooks(): FakeWebhooks {
  const present = aWebhook();
  const keys = new Set<string>();

  function find(id: string, { accounts }: WebhookCaller) {
    const granted = accounts.includes('*') || present.accounts.every((account) => accounts.includes(account));
    if (id !== present.id || !granted) throw new Problem('not_found', 'No such webhook exists.');
    return present;
  }
  function changing(id: string, { ifMatch, ...caller }: WebhookChange) {
    const found = find(id, caller);
    if (ifMatch !== undefined && ifMatch !== entityTag(found).slice(1, -1))
      throw new Problem('precondition_failed', 'It has changed.');
    return found;
  }

  return recorded<WebhookService>({
    async create(_request, _caller, idempotency) {
      const replayed = idempotency !== undefined && keys.has(idempotency.key);
      if (idempotency !== undefined) keys.add(idempotency.key);
      return { webhook: present, secret: webhookSecret, replayed };
    },
    get: async (id, caller) => find(id, caller),
    list: async (page, { accounts }) => (accounts.includes('*') && page.after === undefined ? [present] : []),
    async patch(id, _patch, caller) {
      return { webhook: { ...changing(id, caller), version: present.version + 1 }, secret: null };
    },
    async rotateSecret(id, _overlapMs, caller) {
      return { webhook: changing(id, caller), secret: webhookSecret, replayed: false };
    },
    async test(id, caller) {
      find(id, caller);
      return { delivered: true, status: 204, error: null };
    },
    async remove(id, caller) {
      changing(id, caller);
    },
    async deliveries(id, _filter, page, caller) {
      find(id, caller);
      return page.after === undefined ? [aDelivery()] : [];
    },
    async redeliver(id, deliveryId, caller) {
      find(id, caller);
      if (deliveryId !== aDelivery().id) throw new Problem('not_found', 'No such delivery exists.');
      return aDelivery({ state: 'pending', attempts: 0 });
    },
  });
}
