import { Type } from '@sinclair/typebox';
import type { ObjectStore } from '../../../src/domain/object-store.ts';
import type { Provider } from '../../../src/domain/provider.ts';
import { closed } from '../../../src/domain/typebox.ts';
import { configuration, pelicanCredentials } from './account.ts';
import { cancelVerdict, listRequest, plan } from './calls.ts';
import { observe } from './observe.ts';
import { failureOf } from './reply.ts';

function unreachable(): never {
  throw new Error('Pelican Cloud lets nobody look into its object storage');
}

const objectStore: ObjectStore = {
  permissions: { list: 'none', read: 'none' },
  restorable: () => true,
  list: unreachable,
  parsePage: unreachable,
  read: unreachable,
  parsePart: unreachable,
  endpoint: (_service, region) => `https://storage.${region}.pelican.example`,
  failureOf,
  requestIdOf: () => null,
  sign: unreachable,
  login: () => null,
};

/** A vendor of these tests. Proves that a provider is one folder. */
export const pelican: Provider = {
  id: 'pelican',
  capabilities: {
    id: 'pelican',
    title: 'Pelican Cloud SQL Server',
    modes: ['full', 'full_log'],
    sources: ['object_storage'],
    filesPerBackup: { min: 1, max: 1 },
    urlsPerBackup: { min: 1, max: 1 },
    databases: { optional: false, min: 1, max: 1, renames: 1 },
    overwrite: false,
    options: [],
    cutoverWithoutBackup: false,
    cancelWhileRestoring: false,
    failedIncrement: 'continues',
    differentialBeforeLogs: false,
    oneRestorePerInstance: true,
    progressPercent: false,
    regions: ['lagoon-1'],
    limits: {},
  },
  configuration,
  options: Type.Object({}, closed),
  examples: {
    sandboxRegion: 'lagoon-1',
    createMigration: () => ({}),
    inspectBackups: () => ({}),
    addBackup: {},
    retryMigration: {},
  },
  services: ['api'],
  restoreService: 'api',
  callLimits: {},
  endpoint: (_service, region) => `https://api.${region}.pelican.example`,
  checkMigration: () => [],
  checkBackup: () => [],
  cloudId: () => null,
  opensSessions: false,
  plan: (step) => plan(step),
  cancelVerdict,
  canBecomeFinal: () => true,
  observationGroup: ({ account, region, target }) => `${account}|${region}|${target.instanceId}`,
  observe: (migrations) => observe(migrations),
  *preflight({ target }) {
    yield listRequest(target.instanceId);
    return [];
  },
  *targetMajor() {
    yield* [];
    return null;
  },
  foreign: null,
  *tryAccount({ instanceId }) {
    yield listRequest(instanceId ?? 'nobody');
    return null;
  },
  objectStore,
  uploads: null,
  backupCommand: null,
  failureOf,
  requestIdOf: () => null,
  sign(request, { endpoint, credentials }) {
    const query = new URLSearchParams(Object.fromEntries(request.query));
    return {
      method: request.method,
      url: `${endpoint}${request.path}${query.size === 0 ? '' : `?${query}`}`,
      headers: {
        authorization: `Pelican ${pelicanCredentials(credentials).key.reveal()}`,
        'content-type': 'application/json',
      },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
    };
  },
  login: () => null,
};
