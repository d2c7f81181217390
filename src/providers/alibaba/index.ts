import type { Provider } from '../../domain/provider.ts';
import { objectOf } from '../kit/json.ts';
import { alibabaAccount } from './account.ts';
import { callLimits } from './call-limits.ts';
import { capabilities } from './capabilities.ts';
import { checkBackup, checkMigration } from './check.ts';
import { configuration } from './configuration.ts';
import { rdsEndpoint } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { examples } from './examples.ts';
import { foreign } from './foreign.ts';
import { objectStore } from './object-store.ts';
import { observationGroup, observe } from './observe.ts';
import { OptionsSchema } from './options.ts';
import { cancelVerdict, plan } from './plan.ts';
import { preflight, targetMajor } from './preflight.ts';
import { requestIdOf } from './reply.ts';
import { sign } from './sign.ts';
import { tryAccount } from './try-account.ts';

/** The provider for Alibaba Cloud ApsaraDB RDS for SQL Server, API version 2014-08-15. */
export const alibaba: Provider = {
  id: 'alibaba',
  capabilities,
  configuration,
  options: OptionsSchema,
  examples,
  services: ['rds'],
  restoreService: 'rds',
  callLimits,
  endpoint: (_service, region, account) => rdsEndpoint(region, alibabaAccount(account)),
  checkMigration: (migration) => checkMigration(migration),
  checkBackup,
  plan: (step, migration) => plan(step, migration),
  cancelVerdict,
  canBecomeFinal: () => true,
  observationGroup,
  observe: (migrations, _account, now, ownNow) => observe(migrations, now, ownNow),
  preflight: (migration) => preflight(migration),
  targetMajor,
  foreign,
  tryAccount,
  objectStore,
  uploads: null,
  backupCommand: null,
  failureOf,
  requestIdOf: (reply) => requestIdOf(reply, objectOf(reply)),
  sign,
  cloudId: () => null,
  // Every request has a signature of its own, so there is no login.
  opensSessions: false,
  login: () => null,
};
