import type { Provider } from '../../domain/provider.ts';
import { objectOf } from '../kit/json.ts';
import { configuredProject, huaweiAccount } from './account.ts';
import { callLimits } from './call-limits.ts';
import { cancelVerdict, plan } from './calls.ts';
import { capabilities } from './capabilities.ts';
import { checkBackup, checkMigration } from './check.ts';
import { configuration } from './configuration.ts';
import { endpoint, services } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { examples } from './examples.ts';
import { foreign } from './foreign.ts';
import { login } from './login.ts';
import { objectStore } from './object-store.ts';
import { observationGroup, observe } from './observe.ts';
import { OptionsSchema } from './options.ts';
import { preflight, targetMajor } from './preflight.ts';
import { requestIdOf } from './reply.ts';
import { sign } from './sign.ts';
import { tryAccount } from './try-account.ts';

/**
 * The provider for Huawei Cloud RDS for SQL Server. Each backup is one DRS backup migration job, and Godwit keeps the state of a chain
 * between the jobs.
 */
export const huawei: Provider = {
  id: 'huawei',
  capabilities,
  configuration,
  options: OptionsSchema,
  examples,
  services,
  restoreService: 'drs',
  callLimits,
  endpoint: (service, region, account) => endpoint(service, region, huaweiAccount(account)),
  checkMigration,
  checkBackup,
  plan,
  cancelVerdict,
  canBecomeFinal: () => true,
  observationGroup,
  observe,
  preflight,
  targetMajor,
  foreign,
  tryAccount,
  objectStore,
  uploads: null,
  backupCommand: null,
  failureOf,
  requestIdOf: (reply) => requestIdOf(reply, objectOf(reply)),
  sign,
  cloudId: configuredProject,
  opensSessions: true,
  login,
};
