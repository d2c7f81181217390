import type { Provider } from '../../domain/provider.ts';
import { backupCommand } from './backup-command.ts';
import { plan } from './calls.ts';
import { capabilities } from './capabilities.ts';
import { canBecomeFinal, checkBackup, checkMigration } from './check.ts';
import { endpoint, service } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { objectStore } from './object-store.ts';
import { observationGroup, observe } from './observe.ts';
import { preflight } from './preflight.ts';
import { requestIdOf, responseOf } from './reply.ts';
import { sign } from './sign.ts';
import { uploadTarget } from './upload-target.ts';
import { cancelVerdict } from './verdict.ts';

export { backupCommand, uploadTarget };

/** TencentDB for SQL Server behind the normalized resource. */
export const tencent: Provider = {
  id: 'tencent',
  capabilities,
  services: [service],
  restoreService: service,
  endpoint,
  checkMigration,
  checkBackup,
  plan,
  cancelVerdict,
  canBecomeFinal,
  observationGroup,
  observe,
  preflight,
  objectStore,
  uploads: uploadTarget,
  backupCommand,
  failureOf,
  requestIdOf: (reply) => requestIdOf(responseOf(reply)),
  sign,
  /** Every request is signed by itself; there is no session to open. */
  login: () => null,
};
