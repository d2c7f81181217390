import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { auditBehaviour } from './audit.ts';
import { claimBehaviour } from './claims.ts';
import { deliveryBehaviour } from './deliveries.ts';
import { documentBehaviour } from './documents.ts';
import { fanOutBehaviour } from './fan-out.ts';
import { feedBehaviour } from './feeds.ts';
import { idempotencyBehaviour } from './idempotency.ts';
import { listBehaviour } from './lists.ts';
import { replicaBehaviour } from './replicas.ts';
import type { Site } from './setup.ts';
import { statisticsBehaviour } from './statistics.ts';
import { targetBehaviour } from './targets.ts';
import { unreadableBehaviour } from './unreadable.ts';
import { updateBehaviour } from './updates.ts';
import { webhookBehaviour } from './webhooks.ts';

/** The behaviour of every store, on any database. */
export function storeBehaviour(site: Site): void {
  describe('documents', () => documentBehaviour(site));
  describe('updates', () => updateBehaviour(site));
  describe('targets', () => targetBehaviour(site));
  describe('claims', () => claimBehaviour(site));
  describe('the audit', () => auditBehaviour(site));
  describe('lists', () => listBehaviour(site));
  describe('statistics', () => statisticsBehaviour(site));
  describe('idempotency keys', () => idempotencyBehaviour(site));
  describe('registered processes', () => replicaBehaviour(site));
  describe('webhooks', () => webhookBehaviour(site));
  describe('deliveries', () => {
    fanOutBehaviour(site);
    deliveryBehaviour(site);
  });
  describe('watched folders', () => feedBehaviour(site));
  describe('unreadable records', () => unreadableBehaviour(site));
  describe('a closed store', () => {
    it('reports that it is unavailable', async () => {
      const store = await site.open();
      await store.check();
      await store.close();
      await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.remove('mig')).rejects.toBeInstanceOf(StoreUnavailable);
      await store.close();
    });
  });
}
