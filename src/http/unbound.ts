import type { LifeCycleProvider } from '../domain/lifecycle.ts';
import type { ProviderId } from '../domain/vocabulary.ts';
import type { MigrationService } from '../engine/interface.ts';
import type { WebhookService } from '../webhooks/interface.ts';

function unbound(): never {
  throw new Error('this app is bound to no service');
}

/** Stands where a service is needed and never called: the OpenAPI document is made from the routes alone. */
export const unboundService: MigrationService = {
  create: unbound,
  dryRun: unbound,
  get: unbound,
  list: unbound,
  patch: unbound,
  addBackup: unbound,
  cutOver: unbound,
  cancel: unbound,
  retry: unbound,
  markUploaded: unbound,
  uploadTarget: unbound,
  backupCommand: unbound,
  remove: unbound,
  events: unbound,
  followEvents: unbound,
  findReplay: unbound,
  completeReplay: unbound,
  capabilities: unbound,
  accounts: unbound,
  health: unbound,
};

/** The same for webhooks. */
export const unboundWebhooks: WebhookService = {
  create: unbound,
  get: unbound,
  list: unbound,
  patch: unbound,
  remove: unbound,
  deliveries: unbound,
  redeliver: unbound,
};

const unboundProvider: LifeCycleProvider = {
  get capabilities() {
    return unbound();
  },
  cancelVerdict: unbound,
  canBecomeFinal: unbound,
};

/** Stand where providers are needed and never asked, for the same reason. */
export const unboundProviders: Readonly<Record<ProviderId, LifeCycleProvider>> = {
  alibaba: unboundProvider,
  huawei: unboundProvider,
  tencent: unboundProvider,
};
