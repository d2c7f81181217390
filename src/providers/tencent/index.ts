import type { Provider } from '../../domain/provider.ts';
import { plan } from './calls.ts';
import { capabilities } from './capabilities.ts';
import { checkBackup, checkMigration } from './check.ts';
import { endpoint, service } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { observationGroup, observe } from './observe.ts';
import { preflight } from './preflight.ts';
import { sign } from './sign.ts';
import { cancelVerdict } from './verdict.ts';

export { type BackupCommandInput, backupCommand } from './backup-command.ts';
export { needsUploadedFile } from './calls.ts';
export { type UploadTarget, uploadTarget } from './upload-target.ts';

/** TencentDB for SQL Server behind the normalized resource. */
export const tencent: Provider = {
  id: 'tencent',
  capabilities,
  services: [service],
  endpoint,
  checkMigration,
  checkBackup,
  plan,
  cancelVerdict,
  observationGroup,
  observe,
  preflight,
  failureOf,
  sign,
  /** Every request is signed by itself; there is no session to open. */
  login: () => null,
};
