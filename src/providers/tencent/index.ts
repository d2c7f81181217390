import type { Provider } from '../../domain/provider.ts';
import { tencentAccount } from './account.ts';
import { backupCommand } from './backup-command.ts';
import { callLimits } from './call-limits.ts';
import { plan } from './calls.ts';
import { capabilities } from './capabilities.ts';
import { canBecomeFinal, checkBackup, checkMigration } from './check.ts';
import { configuration } from './configuration.ts';
import { endpoint, service } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { examples } from './examples.ts';
import { foreign } from './foreign.ts';
import { objectStore } from './object-store.ts';
import { observationGroup, observe } from './observe.ts';
import { OptionsSchema } from './options.ts';
import { preflight, targetMajor } from './preflight.ts';
import { requestIdOf, responseOf } from './reply.ts';
import { sign } from './sign.ts';
import { tryAccount } from './try-account.ts';
import { uploadTarget } from './upload-target.ts';
import { cancelVerdict } from './verdict.ts';

export { backupCommand, uploadTarget };

/** The provider for TencentDB for SQL Server, API version 2018-03-28. */
export const tencent: Provider = {
  id: 'tencent',
  capabilities,
  configuration,
  options: OptionsSchema,
  examples,
  services: [service],
  restoreService: service,
  callLimits,
  endpoint: (_service, region, account) => endpoint(region, tencentAccount(account)),
  checkMigration,
  checkBackup,
  plan,
  cancelVerdict,
  canBecomeFinal,
  observationGroup,
  observe,
  preflight,
  targetMajor,
  foreign,
  tryAccount,
  objectStore,
  uploads: uploadTarget,
  backupCommand,
  failureOf,
  requestIdOf: (reply) => requestIdOf(responseOf(reply)),
  sign,
  cloudId: () => null,
  // Every request has a signature of its own, so there is no login.
  opensSessions: false,
  login: () => null,
};
